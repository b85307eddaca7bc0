package dev.naru.pipeline.lint;

/** The texts of {@link Vocabulary}: a name, how it is typed, what it means. */
final class Words {
  private Words() {}

  static final String FILE =
      """
      pipeline {} A declarative pipeline: one in a file.
      node {} A scripted pipeline: takes an agent and a workspace for its block.
      """;

  static final String SHARED =
      """
      agent = Where the steps run: any, none, or a block with one kind of agent.
      environment {} Variables for all steps inside, each NAME = 'value' or credentials('id').
      options {} What holds for everything inside: timeout, retry, timestamps and more.
      post {} Steps that run at the end, chosen by the result.
      stages {} The stages, one after the other.
      tools {} Tools of the agent that are put on the PATH.
      """;

  static final String PIPELINE =
      """
      libraries {} Shared libraries that the file uses.
      parameters {} What a person or another job can choose when the run starts.
      triggers {} What starts a run by itself: a schedule, a poll, another job.
      """;

  static final String STAGES = "stage () A named part of the run: stage('Name') { … }.";

  static final String STAGE =
      """
      failFast = With parallel or matrix: the first failure aborts the other branches. Takes true or false.
      input {} Waits for a person before the stage runs.
      matrix {} Runs its stages once for each combination of its axes, side by side.
      parallel {} Runs its stages side by side.
      steps {} What the stage does.
      when {} Conditions: the stage runs only if all of them hold.
      """;

  static final String MATRIX =
      """
      axes {} The dimensions of the matrix.
      excludes {} Combinations that are left out.
      input {} Waits for a person before each cell runs.
      when {} Conditions: a cell runs only if all of them hold.
      """;

  static final String AXIS =
      """
      name = The axis' name: a variable in each cell.
      values = The values, as literals.
      notValues = In an exclude: every value but these.
      """;

  static final String AGENT =
      """
      any = Any agent that is free.
      none = No agent; each stage takes its own.
      label = An agent that has this label.
      node {} As label, with a workspace of one's own choice.
      docker {} A container of an image on an agent.
      dockerfile {} A container of an image that is built from the repository's Dockerfile.
      kubernetes {} A pod that is made for the run.
      """;

  static final String AGENT_DOCKER =
      """
      image = The image, with a fixed tag.
      args = Arguments for docker run.
      label = Which agent runs the container.
      registryUrl = The registry of the image.
      registryCredentialsId = The credential for the registry.
      customWorkspace = The workspace's folder.
      reuseNode = Runs on the agent and in the workspace of the pipeline. Takes true or false.
      alwaysPull = Pulls even when the image is there. Takes true or false.
      """;

  static final String AGENT_DOCKERFILE =
      """
      filename = The Dockerfile's name.
      dir = The folder that is built.
      additionalBuildArgs = Arguments for docker build.
      args = Arguments for docker run.
      label = Which agent runs the container.
      registryUrl = The registry of the base image.
      registryCredentialsId = The credential for the registry.
      customWorkspace = The workspace's folder.
      reuseNode = Runs on the agent and in the workspace of the pipeline. Takes true or false.
      """;

  static final String AGENT_KUBERNETES =
      """
      yaml = The pod, as YAML.
      yamlFile = The file of the repository that has the pod.
      defaultContainer = The container in which steps run.
      inheritFrom = The template that the pod adds to.
      label = The pod's label.
      cloud = The cluster.
      namespace = The pod's namespace.
      """;

  static final String AGENT_NODE =
      """
      label = An agent that has this label.
      customWorkspace = The workspace's folder.
      retries = How often a lost agent is replaced.
      """;

  static final String SHARED_OPTIONS =
      """
      timeout () Ends everything inside after this time: timeout(time: 30, unit: 'MINUTES').
      retry () Runs everything inside again after a failure, up to this many times in total.
      timestamps () Puts the time before each line of the log.
      ansiColor () Shows colours in the log: ansiColor('xterm').
      skipDefaultCheckout () Does not check out the repository by itself.
      checkoutToSubdirectory () Checks out into this folder of the workspace.
      """;

  static final String OPTIONS =
      """
      buildDiscarder () How many runs are kept: buildDiscarder(logRotator(numToKeepStr: '20')).
      disableConcurrentBuilds () One run of a branch at a time.
      disableResume () Does not go on after a restart.
      disableRestartFromStage () Runs cannot be started from a stage in the middle.
      durabilityHint () How much is written down while the run goes on.
      newContainerPerStage () With a docker agent: each stage has a new container.
      overrideIndexTriggers () Whether a scan of branches may start a run.
      parallelsAlwaysFailFast () As failFast true in every stage with branches.
      preserveStashes () Keeps stashes, so that a stage can be run again later.
      quietPeriod () How many seconds a run waits before it starts.
      skipStagesAfterUnstable () Skips the stages after one that is unstable.
      """;

  static final String PARAMETERS =
      """
      string () A line of text: string(name: 'TARGET', defaultValue: 'staging').
      text () Several lines of text.
      booleanParam () True or false.
      choice () One of several values: choice(name: 'SIZE', choices: ['s', 'm']).
      password () A text that is not shown.
      file () A file that is given when the run starts.
      run () A run of another job.
      """;

  static final String TRIGGERS =
      """
      cron () A schedule: cron('H 4 * * 1-5'). H is a minute of the job's own, so that not all start at once.
      pollSCM () Looks for new commits by a schedule.
      upstream () After another job: upstream(upstreamProjects: 'lib', threshold: hudson.model.Result.SUCCESS).
      """;

  static final String TOOLS =
      """
      maven = An installation of Maven, by its name.
      jdk = An installation of a JDK, by its name.
      gradle = An installation of Gradle, by its name.
      nodejs = An installation of Node.js, by its name.
      """;

  static final String ENVIRONMENT =
      "credentials () The secret of a credential: NAME = credentials('id'). A login also gives"
          + " NAME_USR and NAME_PSW.";

  static final String INPUT =
      """
      message = What is asked.
      id = The question's id.
      ok = The text of the button.
      submitter = Who may answer: names with commas between.
      submitterParameter = The variable that gets who answered.
      parameters {} What can be chosen with the answer.
      """;

  static final String WHEN =
      """
      allOf {} All of its conditions hold.
      anyOf {} One of its conditions holds.
      not {} Its condition does not hold.
      branch = The branch matches: branch 'main', branch pattern: 'release/.+', comparator: 'REGEXP'.
      buildingTag () A tag is built.
      changelog = A commit's message matches this regular expression.
      changeRequest () A pull or merge request is built; arguments narrow it: target: 'main'.
      changeset = A commit changes a file that matches: changeset 'docs/**'.
      environment = A variable has this value: environment name: 'DEPLOY', value: 'yes'.
      equals = Two values are equal: equals expected: 2, actual: currentBuild.number.
      expression {} Groovy code: what it returns is true.
      isRestartedRun () The run was started from a stage in the middle.
      tag = The tag matches: tag 'v*'.
      triggeredBy = What started the run: triggeredBy 'TimerTrigger'.
      beforeAgent = Asks before an agent is taken. Takes true or false.
      beforeInput = Asks before the input. Takes true or false.
      beforeOptions = Asks before the options hold. Takes true or false.
      """;

  static final String POST =
      """
      always {} Whatever the result is.
      changed {} The result is not that of the run before.
      fixed {} Success, after a run that failed or was unstable.
      regression {} Worse than the run before.
      aborted {} The run was aborted.
      success {} Success.
      unsuccessful {} Anything but success.
      unstable {} Unstable, as failed tests make it.
      failure {} Failure.
      notBuilt {} Nothing was built.
      cleanup {} After all other conditions, whatever the result is.
      """;

  static final String STEPS =
      """
      archiveArtifacts () Keeps files of the workspace with the run.
      catchError {} Goes on after a failure inside; buildResult and stageResult say how it counts.
      checkout () Checks out: checkout scm takes the commit of the run.
      cleanWs () Empties the workspace.
      deleteDir () Deletes the current folder.
      dir {} Runs its block in a folder: dir('backend') { … }.
      echo () Prints a text.
      error () Fails with a message.
      fileExists () Whether a file is there.
      git () Clones a repository.
      isUnix () Whether the agent is Unix-like.
      junit () Reads test reports; failed tests make the run unstable.
      milestone () Newer runs that have passed here abort older ones.
      node {} Takes an agent and a workspace for its block.
      parallel () Runs blocks side by side.
      pwd () The current folder.
      readFile () The text of a file.
      retry {} Runs its block again after a failure, up to this many times in total.
      script {} Groovy code among declarative steps.
      sh () Runs a shell script; fails when it ends with another code than 0. In single quotes the shell reads variables itself.
      sleep () Waits. To wait for something, use waitUntil inside timeout.
      stash () Keeps files for a later stage on another agent.
      timeout {} Aborts its block after this time.
      timestamps {} Puts the time before each line of the log.
      tool () The folder of a tool.
      unstable () Marks the stage and the run as unstable.
      unstash () Brings back files of a stash.
      waitUntil {} Runs its block until it is true, with growing pauses.
      warnError {} A failure inside makes the run unstable.
      withCredentials {} Binds secrets to variables for its block; the log masks them.
      withEnv {} Sets variables for its block: withEnv(['MODE=test']) { … }.
      writeFile () Writes a text to a file.
      ws {} Runs its block in another workspace.
      """;

  static final String SCRIPT =
      """
      env = The environment: env.NAME reads, env.NAME = 'x' sets.
      params = The run's parameters.
      currentBuild = This run: its number, result, display name.
      scm = The repository and commit of the run, for checkout.
      """;
}
