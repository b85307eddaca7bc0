package dev.naru.pipeline.lang;

import dev.naru.pipeline.lang.StepCatalog.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the directives of a declarative pipeline may hold, as signatures. Source:
 * pipeline-model-definition, workflow-multibranch, workflow-job, and the plugins that define an
 * agent type.
 */
final class Directives {
  static final Map<String, Step> OPTIONS =
      StepCatalog.table(
          """
          buildDiscarder strategy!*
          checkoutToSubdirectory subdirectory!
          copyArtifactPermission projectNames!
          disableConcurrentBuilds abortPrevious?
          disableRestartFromStage
          disableResume
          durabilityHint hint!=PERFORMANCE_OPTIMIZED|SURVIVABLE_NONATOMIC|MAX_SURVIVABILITY
          giteeConnection giteeConnection!
          gitLabConnection gitLabConnection! jobCredentialId useAlternativeCredential?
          githubProjectProperty projectUrlStr! displayName
          newContainerPerStage
          office365ConnectorWebhooks webhooks!*
          overrideIndexTriggers enableTriggers!?
          parallelsAlwaysFailFast
          preserveStashes buildCount#
          quietPeriod quietPeriod#^
          rateLimitBuilds throttle!*
          sidebarLinks links!*
          skipDefaultCheckout skipDefaultCheckout?^
          skipStagesAfterUnstable
          throttleJobProperty categories* limitOneJobWithMatchingParams? maxConcurrentPerNode# \
            maxConcurrentTotal# paramsToUseForLimit throttleEnabled? throttleOption
          authorizationMatrix entries*
          """);

  static final Map<String, Step> STAGE_OPTIONS =
      StepCatalog.table(
          """
          checkoutToSubdirectory subdirectory!
          skipDefaultCheckout skipDefaultCheckout?^
          """);

  /** Block steps that may wrap a pipeline or a stage from {@code options}: no workspace needed. */
  static final List<String> WRAPPERS =
      List.of(
          "ansiColor",
          "catchError",
          "datadog",
          "gitlabBuilds",
          "gitlabCommitStatus",
          "lock",
          "logstash",
          "podTemplate",
          "retry",
          "throttle",
          "timeout",
          "timestamps",
          "warnError",
          "withAWS",
          "withChecks",
          "withCredentials",
          "withEnv",
          "withFolderProperties");

  static final Map<String, Step> PARAMETERS =
      StepCatalog.table(
          """
          booleanParam name! defaultValue? description
          choice name! choices!* description
          file name! description
          password name! defaultValue* defaultValueAsSecret* description
          run name! projectName! filter=ALL|STABLE|SUCCESSFUL|COMPLETED runId description
          string name! defaultValue description trim?
          text name! defaultValue description trim?
          credentials name! credentialType! defaultValue description required?
          gitParameter name! type defaultValue description branch branchFilter tagFilter sortMode \
            selectedValue quickFilterEnabled? listSize useRepository requiredParameter? ...
          activeChoice name! ...
          activeChoiceHtml name! ...
          reactiveChoice name! ...
          extendedChoice name! ...
          validatingString name! ...
          persistentString name! ...
          persistentBoolean name! ...
          persistentChoice name! ...
          persistentText name! ...
          base64File name! ...
          stashedFile name! ...
          nodeParameter name! ...
          imageTag name! ...
          hidden name! ...
          separator name! ...
          listGitBranches name! ...
          jobParameter name! ...
          RESTList name! ...
          """);

  /** Second names of parameter types. */
  static final Map<String, String> ALIASES =
      Map.of(
          "choiceParam", "choice",
          "fileParam", "file",
          "nonStoredPasswordParam", "password",
          "runParam", "run",
          "stringParam", "string",
          "textParam", "text");

  static final Map<String, Step> TRIGGERS =
      StepCatalog.table(
          """
          cron spec!
          pollSCM scmpoll_spec! ignorePostCommitHooks?
          upstream upstreamProjects! threshold*
          githubPush
          gitlab triggerOnPush? triggerOnMergeRequest? branchFilterType secretToken* \
            includeBranchesSpec excludeBranchesSpec triggerOpenMergeRequestOnPush skipWorkInProgressMergeRequest? ...
          bitbucketPush ...
          bitBucketTrigger ...
          GenericTrigger genericVariables* causeString token tokenCredentialId printContributedVariables? \
            printPostContent? silentResponse? regexpFilterText regexpFilterExpression \
            genericHeaderVariables* genericRequestVariables* overrideQuietPeriod? shouldNotFlatten? ...
          parameterizedCron parameterizedSpecification!
          snapshotDependencies
          issueCommentTrigger commentPattern!
          githubPullRequests ...
          githubPullRequest ...
          githubBranches ...
          pullRequestReview ...
          gerrit ...
          gitee ...
          giteaPush ...
          eventTrigger event!*
          artifactoryTrigger ...
          dockerHubTrigger ...
          URLTrigger ...
          """);

  private static final String COMPARATOR = "comparator=GLOB|REGEXP|EQUALS";

  /** {@code when} conditions that are calls with arguments. */
  static final Map<String, Step> CONDITIONS =
      StepCatalog.table(
          """
          branch pattern! COMPARATOR
          buildingTag
          changeRequest id target branch fork url title author authorDisplayName authorEmail COMPARATOR
          changelog pattern!
          changeset pattern^ glob COMPARATOR caseSensitive?
          environment name! value! ignoreCase?
          equals expected!* actual!*
          isRestartedRun
          tag pattern^ COMPARATOR
          triggeredBy cause! detail
          """
              .replace("COMPARATOR", COMPARATOR));

  /** Conditions of conditions, and the one that is code. */
  static final List<String> NESTING = List.of("allOf", "anyOf", "not", "expression");

  /** Agent types that are a block of settings. */
  static final Map<String, Step> AGENTS =
      StepCatalog.table(
          """
          label label! customWorkspace retries#
          node label! customWorkspace retries#
          docker image! label args registryUrl registryCredentialsId customWorkspace reuseNode? \
            alwaysPull? containerPerStageRoot?
          dockerfile filename dir additionalBuildArgs label args registryUrl registryCredentialsId \
            customWorkspace reuseNode? alwaysPull? containerPerStageRoot?
          kubernetes yaml yamlFile defaultContainer inheritFrom label cloud namespace containerTemplate* \
            containerTemplates* customWorkspace idleMinutes# instanceCap# nodeSelector podRetention* \
            serviceAccount slaveConnectTimeout# activeDeadlineSeconds# workingDir workspaceVolume* \
            yamlMergeStrategy* inheritYamlMergeStrategy? showRawYaml? supplementalGroups \
            hostNetwork? nodeUsageMode schedulerName runAsUser runAsGroup imagePullSecrets* retries# \
            agentContainer agentInjection?
          ecs ...
          dockerContainer ...
          """);

  static final Step INPUT = StepCatalog.find("input").orElseThrow();

  private Directives() {}

  /** The names that a diagnostic lists, in their order. */
  static List<String> names(Map<String, Step> table, List<String> more) {
    List<String> all = new ArrayList<>(table.keySet());
    all.addAll(more);
    return all.stream().sorted(String.CASE_INSENSITIVE_ORDER).toList();
  }
}
