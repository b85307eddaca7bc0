package dev.naru.pipeline.lang;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The steps that are known: their parameters, which of them a lone argument fills, and whether they
 * take a block. Names and parameters are those of the Jenkins plugins that define the steps.
 *
 * <p>One class beyond 300 lines: most of it is the tables.
 */
final class StepCatalog {
  enum Type {
    STRING,
    NUMBER,
    FLAG,
    ANY
  }

  /**
   * @param values the texts that a literal may be; empty when any may
   */
  record Parameter(String name, Type type, boolean required, List<String> values) {
    static Parameter any(String name) {
      return new Parameter(name, Type.ANY, false, List.of());
    }
  }

  /**
   * @param lone the parameter that a single unnamed argument means; empty when there is none
   * @param open whether there are parameters beyond those listed, so that any name may be one
   */
  record Step(String name, String lone, boolean block, boolean open, List<Parameter> parameters) {
    Optional<Parameter> parameter(String wanted) {
      return parameters.stream().filter(p -> p.name().equals(wanted)).findFirst();
    }

    List<String> parameterNames() {
      return parameters.stream().map(Parameter::name).toList();
    }
  }

  private static final String UNITS =
      "unit=NANOSECONDS|MICROSECONDS|MILLISECONDS|SECONDS|MINUTES|HOURS|DAYS";
  private static final String RESULTS = "SUCCESS|UNSTABLE|FAILURE|NOT_BUILT|ABORTED";

  /** Steps of workflow-basic-steps, durable-task, SCM, JUnit and credentials-binding. */
  private static final String BASIC =
      """
      echo message!
      error message!
      unstable message!
      sh script! returnStdout? returnStatus? label encoding
      bat script! returnStdout? returnStatus? label encoding
      powershell script! returnStdout? returnStatus? label encoding
      pwsh script! returnStdout? returnStatus? label encoding
      sleep time!# UNITS
      stash name! includes excludes useDefaultExcludes? allowEmpty?
      unstash name!
      archiveArtifacts artifacts! excludes allowEmptyArchive? fingerprint? onlyIfSuccessful? \
        caseSensitive? defaultExcludes? followSymlinks?
      junit testResults! allowEmptyResults? keepLongStdio? keepProperties? keepTestNames? \
        skipMarkingBuildUnstable? skipOldReports? skipPublishingChecks? checksName \
        healthScaleFactor#* stdioRetention testDataPublishers*
      deleteDir
      cleanWs cleanWhenAborted? cleanWhenFailure? cleanWhenNotBuilt? cleanWhenSuccess? \
        cleanWhenUnstable? cleanupMatrixParent? deleteDirs? disableDeferredWipeout? externalDelete \
        notFailBuild? patterns* skipWhenFailed?
      fileExists file!
      readFile file! encoding
      writeFile file! text! encoding
      isUnix
      pwd tmp?
      tool name! type
      checkout scm!* changelog? poll?
      git url! branch credentialsId changelog? poll?
      milestone ordinal^# label unsafe?
      properties properties!*
      input message! id ok submitter submitterParameter parameters* cancel
      build job! parameters* wait? propagate? quietPeriod#* waitForStart?
      mail subject! body! to from cc bcc replyTo charset mimeType
      step delegate!*
      load path!
      library identifier! changelog? retriever*
      libraryResource resource! encoding
      dir { path!
      ws { dir!
      withEnv { overrides!*
      withCredentials { bindings!*
      timeout { time!# activity? UNITS
      retry { count!# conditions*
      waitUntil { initialRecurrencePeriod# quiet?
      catchError { buildResult=RESULTS stageResult=RESULTS message catchInterruptions?
      warnError { message! catchInterruptions?
      script {
      stage { name! concurrency#
      node { label^
      timestamps {
      ansiColor { colorMapName^
      wrap { delegate!*
      """;

  /** Steps of plugins that many files use; most are reports or messages. */
  private static final String PLUGINS =
      """
      emailext subject! body! to from replyTo mimeType attachLog? attachmentsPattern compressLog? \
        recipientProviders* presendScript postsendScript saveOutput?
      slackSend message^ channel color failOnError? teamDomain token tokenCredentialId botUser? \
        iconEmoji username attachments* blocks* notifyCommitters? replyBroadcast? sendAsText? \
        timestamp baseUrl uploadFiles?
      publishHTML target^* allowMissing? alwaysLinkToLastBuild? escapeUnderscores? includes keepAll? \
        reportDir reportFiles reportName reportTitles useWrapperFileDirectly?
      recordIssues tool* tools* aggregatingResults? enabledForFailure? failOnError? filters* \
        healthy# unhealthy# id name ignoreFailedBuilds? ignoreQualityGate? minimumSeverity \
        qualityGates* sourceCodeEncoding sourceDirectory sourceDirectories* skipBlames? \
        referenceJobName reportEncoding trendChartType publishAllIssues? skipPublishingChecks?
      waitForQualityGate abortPipeline? credentialsId webhookSecretId
      readMavenPom file
      writeMavenPom model!* file
      readYaml file text codePointLimit#
      writeYaml file data* datas* charset overwrite? returnText?
      readJSON file text returnPojo?
      writeJSON json!* file pretty# returnText?
      readProperties file text interpolate? defaults* replaceTokens? charset
      readCSV file text format*
      writeCSV file! records!* format*
      readManifest file text
      findFiles glob excludes
      touch file! timestamp#
      sha1 file!
      sha256 file!
      tee { file!
      zip zipFile! archive? dir glob exclude overwrite? defaultExcludes?
      unzip zipFile! charset dir glob quiet? read? test?
      tar file archive? compress? dir glob exclude overwrite? defaultExcludes?
      untar file dir glob keepPermissions? quiet? test?
      httpRequest url! httpMode requestBody contentType acceptType authentication customHeaders* \
        validResponseCodes validResponseContent timeout# quiet? ignoreSslErrors? outputFile \
        consoleLogResponseBody? formData* httpProxy multipartName responseHandle uploadFile \
        useSystemProperties? wrapAsMultipart? useNtlm?
      githubNotify status! description context account repo sha credentialsId gitApiUrl targetUrl
      updateGitlabCommitStatus name state
      addGitLabMRComment comment
      jacoco execPattern classPattern sourcePattern exclusionPattern inclusionPattern \
        changeBuildStatus? skipCopyOfSrcFiles? sourceInclusionPattern sourceExclusionPattern
      cobertura coberturaReportFile! autoUpdateHealth? autoUpdateStability? conditionalCoverageTargets \
        failUnhealthy? failUnstable? lineCoverageTargets maxNumberOfBuilds# methodCoverageTargets \
        onlyStable? sourceEncoding zoomCoverageChart? enableNewApi?
      recordCoverage tools* id name qualityGates* sourceCodeRetention sourceDirectories* failOnError? \
        skipPublishingChecks? enabledForFailure?
      publishChecks name title summary text detailsURL status conclusion annotations* actions*
      xunit tools!* thresholds* thresholdMode# testTimeMargin checksName skipPublishingChecks?
      fingerprint targets!
      copyArtifacts projectName! filter excludes target selector* flatten? optional? \
        fingerprintArtifacts? parameters resultVariableSuffix includeBuildNumberInTargetPath?
      s3Upload file bucket path workingDir includePathPattern excludePathPattern acl
      s3Download file! bucket path force?
      validateDeclarativePipeline path!
      addBadge icon text color link id
      addShortText text! color background border borderColor link
      jiraComment issueKey! body!
      kubernetesDeploy configs kubeconfigId enableConfigSubstitution?
      ansiblePlaybook playbook! inventory credentialsId extras extraVars* limit tags colorized? \
        installation become? vaultCredentialsId hostKeyChecking? disableHostKeyChecking?
      checkpoint name!
      dockerFingerprintFrom dockerfile! image! buildArgs* toolName
      dockerFingerprintRun containerId! toolName
      rtUpload serverId spec specPath failNoOp? buildName buildNumber
      rtPublishBuildInfo serverId buildName buildNumber
      lock { resource^ label quantity# variable inversePrecedence? skipIfLocked? extra* reason \
        priority# resourceSelectStrategy
      throttle { categories!*
      container { name! shell
      podTemplate { label name namespace cloud inheritFrom containers* volumes* yaml yamlFile* \
        serviceAccount nodeSelector workingDir idleMinutes# imagePullSecrets* envVars* annotations* \
        slaveConnectTimeout# activeDeadlineSeconds# podRetention* showRawYaml? runAsUser runAsGroup \
        hostNetwork? yamlMergeStrategy* inheritYamlMergeStrategy? agentContainer agentInjection?
      sshagent { credentials!* ignoreMissing?
      withMaven { maven jdk mavenSettingsConfig mavenSettingsFilePath globalMavenSettingsConfig \
        globalMavenSettingsFilePath mavenLocalRepo mavenOpts options* publisherStrategy \
        tempBinDir traceability?
      withSonarQubeEnv { installationName^ credentialsId envOnly?
      withDockerRegistry { url^ credentialsId toolName registry*
      withDockerContainer { image! args toolName
      withDockerServer { uri^ credentialsId server*
      withKubeConfig { credentialsId serverUrl namespace contextName clusterName caCertificate \
        restrictKubeConfigAccess?
      withAWS { region credentials role roleAccount roleSessionName profile duration# externalId \
        endpointUrl federatedUserId policy
      withVault { configuration* vaultSecrets*
      withChecks { name! includeStage?
      withGradle {
      withAnt { installation jdk
      configFileProvider { managedFiles!*
      nodejs { nodeJSInstallationName! configId cacheLocationStrategy*
      gitlabBuilds { builds!*
      gitlabCommitStatus { name^ builds* connection*
      rtMavenRun { pom! goals! tool
      xvfb { screen autoDisplayName? debug? displayName# additionalOptions
      realtimeJUnit { testResults! ...
      logstash {
      withContext { context!*
      buildDescription description!
      buildName nameTemplate!
      archive includes! excludes
      unarchive mapping*
      withFolderProperties {
      datadog { collectLogs? tags* testVisibility*
      withBuildUser {
      publishCoverage adapters* ...
      discoverGitReferenceBuild ...
      rtServer id! ...
      rtMavenDeployer id! ...
      rtMavenResolver id! ...
      rtGradleDeployer id! ...
      rtGradleResolver id! ...
      rtGradleRun ...
      rtNpmInstall ...
      rtNpmPublish ...
      rtDownload ...
      rtPromote ...
      rtBuildInfo ...
      xrayScan ...
      nexusArtifactUploader ...
      nexusPublisher ...
      nexusPolicyEvaluation ...
      dependencyCheck ...
      dependencyCheckPublisher ...
      snykSecurity ...
      allure ...
      cucumber ...
      perfReport ...
      nunit ...
      mstest ...
      sshPublisher ...
      sshCommand ...
      sshScript ...
      sshPut ...
      sshGet ...
      sshRemove ...
      office365ConnectorSend ...
      discordSend ...
      telegramSend ...
      mattermostSend ...
      rocketSend ...
      hipchatSend ...
      dingtalk ...
      googlechatnotification ...
      slackUploadFile ...
      bitbucketStatusNotify ...
      notifyBitbucket ...
      setGitHubPullRequestStatus ...
      jiraSendBuildInfo ...
      jiraSendDeploymentInfo ...
      influxDbPublisher ...
      ansibleTower ...
      ansibleAdhoc ...
      awsCodeBuild ...
      cfnUpdate ...
      snsPublish ...
      s3Delete ...
      invokeLambda ...
      """;

  private static final Map<String, Step> STEPS = new LinkedHashMap<>();
  private static final Set<String> SYMBOLS =
      new TreeSet<>(
          List.of(
              "usernamePassword",
              "usernameColonPassword",
              "string",
              "file",
              "zip",
              "certificate",
              "dockerCert",
              "sshUserPrivateKey",
              "kubeconfigFile",
              "logRotator",
              "booleanParam",
              "choice",
              "text",
              "password",
              "run",
              "cron",
              "pollSCM",
              "upstream",
              "githubPush",
              "scmGit",
              "cleanBeforeCheckout",
              "cloneOption",
              "localBranch",
              "submodule",
              "parameters",
              "pipelineTriggers",
              "buildDiscarder",
              "disableConcurrentBuilds",
              "disableResume",
              "durabilityHint",
              "gitLabConnection",
              "githubProjectProperty",
              "rateLimitBuilds",
              "dynamicPVC",
              "emptyDirWorkspaceVolume",
              "onFailure",
              "never",
              "groovyScript",
              "lfs",
              "cleanAfterCheckout",
              "pruneStaleBranch",
              "pruneTags",
              "relativeTargetDirectory",
              "sparseCheckout",
              "wipeWorkspace",
              "userIdentity",
              "aws",
              "agent",
              "nonresumable",
              "kubernetesAgent",
              "configFile",
              "mavenSettingsConfig",
              "junitPublisher",
              "artifactsPublisher",
              "developers",
              "requestor",
              "culprits",
              "brokenBuildSuspects",
              "brokenTestsSuspects",
              "upstreamDevelopers",
              "lastSuccessful",
              "lastCompleted",
              "specific",
              "modernSCM",
              "legacySCM",
              "containerTemplate",
              "envVar",
              "secretEnvVar",
              "hostPathVolume",
              "emptyDirVolume",
              "secretVolume",
              "configMapVolume",
              "persistentVolumeClaim",
              "merge",
              "override",
              "java",
              "javaDoc",
              "checkStyle",
              "spotBugs",
              "pmdParser",
              "cpd",
              "esLint",
              "mavenConsole",
              "taskScanner",
              "pyLint",
              "flake8",
              "gcc",
              "clang",
              "JUnit",
              "GoogleTest",
              "kubernetes"));

  private static final Set<String> OF_PLUGINS;

  static {
    STEPS.putAll(table(BASIC));
    Map<String, Step> plugins = table(PLUGINS);
    STEPS.putAll(plugins);
    OF_PLUGINS = Set.copyOf(plugins.keySet());
  }

  private StepCatalog() {}

  /**
   * Reads a table of signatures, one a line: a name, <code>{</code> when it takes a block, and
   * parameters with their marks: {@code !} required, {@code ^} what a lone argument means, {@code
   * #} a number, {@code ?} a flag, {@code *} anything, {@code =A|B} one of these; {@code ...}
   * stands for parameters that are not listed. A sole required parameter is what a lone argument
   * means.
   */
  static Map<String, Step> table(String text) {
    Map<String, Step> all = new LinkedHashMap<>();
    text.replace("UNITS", UNITS)
        .replace("RESULTS", RESULTS)
        .lines()
        .filter(l -> !l.isBlank())
        .map(l -> List.of(l.strip().split("\\s+")))
        .forEach(words -> all.put(words.getFirst(), step(words)));
    return all;
  }

  private static Step step(List<String> words) {
    boolean block = words.size() > 1 && words.get(1).equals("{");
    List<String> all = words.subList(block ? 2 : 1, words.size());
    List<String> marked = all.stream().filter(w -> !w.equals("...")).toList();
    List<Parameter> parameters = marked.stream().map(StepCatalog::parameter).toList();
    List<String> required =
        parameters.stream().filter(Parameter::required).map(Parameter::name).toList();
    String lone =
        marked.stream()
            .filter(w -> w.contains("^"))
            .map(w -> parameter(w).name())
            .findFirst()
            .orElse(required.size() == 1 ? required.getFirst() : "");
    return new Step(words.getFirst(), lone, block, all.contains("..."), parameters);
  }

  private static Parameter parameter(String word) {
    int equals = word.indexOf('=');
    String marked = equals < 0 ? word : word.substring(0, equals);
    List<String> values = equals < 0 ? List.of() : List.of(word.substring(equals + 1).split("\\|"));
    Type type =
        marked.contains("*")
            ? Type.ANY
            : marked.contains("#") ? Type.NUMBER : marked.contains("?") ? Type.FLAG : Type.STRING;
    return new Parameter(marked.replaceAll("[!#?*^]", ""), type, marked.contains("!"), values);
  }

  static Optional<Step> find(String name) {
    return Optional.ofNullable(STEPS.get(name));
  }

  /** Names that make a described value, such as {@code usernamePassword(…)}. */
  static boolean isSymbol(String name) {
    return SYMBOLS.contains(name)
        || Directives.OPTIONS.containsKey(name)
        || Directives.PARAMETERS.containsKey(name)
        || Directives.ALIASES.containsKey(name)
        || Directives.TRIGGERS.containsKey(name);
  }

  /** Names the symbol that a mistyped one was probably meant to be; else it is empty. */
  static String symbolHint(String name) {
    return Nearest.hint(name, SYMBOLS);
  }

  /** Whether a step is one of a plugin, whose described values are of plugins as well. */
  static boolean isOfPlugin(String step) {
    return OF_PLUGINS.contains(step);
  }

  static Collection<String> names() {
    TreeSet<String> all = new TreeSet<>(STEPS.keySet());
    all.add("parallel");
    return all;
  }

  /** The sentence that says that {@code name} is no step. */
  static String unknown(String name) {
    Collection<String> known = names();
    known.add("pipeline");
    return "No such DSL method '" + name + "' found among steps" + Nearest.hint(name, known);
  }
}
