package dev.naru.pipeline.lang;

/**
 * The interpreter's only contact with the world. Steps, time and the agent are calls; the
 * interpreter is deterministic, so that the same answers in the same order always lead to the same
 * calls. That is what makes a run resumable: answer again what was answered before, and go on.
 *
 * <p>The interpreter has one thread of control. It begins calls while any of its branches can go
 * on, and asks for an answer with {@link #take} only when every branch waits.
 *
 * <p>The calls, their arguments and the values of their answers:
 *
 * <ul>
 *   <li>{@code echo} message → null
 *   <li>{@code sh} script, label, returnStdout → map of {@code status} (Integer) and {@code output}
 *       (String, with returnStdout); a status other than 0 is no failure of the call
 *   <li>{@code timer} millis, activity → null when the time is over; {@code sleep} millis → null;
 *       {@code now} → milliseconds since 1970 (Long); {@code random} → any of all 64-bit numbers,
 *       each as likely and none to be foreseen (Long)
 *   <li>{@code node} label, workspace (each may be null), pod (settings of a Kubernetes agent, a
 *       map, absent for others) → map of {@code id}, {@code workspace} and {@code env} (map);
 *       {@code releaseNode} id → null
 *   <li>{@code stageBegin} path → null; {@code stageEnd} path, state (Succeeded, Unstable, Failed,
 *       Skipped, Aborted), message → null
 *   <li>{@code bindCredentials} bindings (list of maps: type, credentialsId, and names of
 *       variables) → map of variables; {@code unbindCredentials} call (the id of the binding call)
 *       → null
 *   <li>{@code checkout} and {@code git} url, branch, credentialsId → map of GIT_ variables
 *   <li>{@code readFile} file → String; {@code fileExists} file → Boolean; {@code writeFile} file,
 *       text → null; {@code deleteDir} → null
 *   <li>{@code stash}, {@code unstash}, {@code archiveArtifacts} with the step's parameters → null
 *   <li>{@code junit} with the step's parameters → map of {@code totalCount}, {@code failCount},
 *       {@code skipCount}, {@code passCount} (Integer)
 *   <li>{@code tool} name, type → path of its home (String), empty when it is just on the PATH
 *   <li>{@code changedFiles} → list of paths changed since the previous run; {@code changeLog} →
 *       list of the messages of the commits since then
 *   <li>{@code input} message, id, ok, submitter, submitterParameter, parameters (list of maps, the
 *       kind is {@code $symbol}) → map of {@code approved} (Boolean), {@code by} (who answered) and
 *       {@code values} (map by the parameters' names)
 *   <li>{@code enter} what (the name of a block step, or docker or dockerfile for an agent) and
 *       settings (map) → map of variables for the block; {@code leave} call (the id of the entering
 *       call) → null
 *   <li>every other step of {@link StepCatalog}, by its name and with its parameters → its value
 *   <li>{@code library} name, version (empty when the file gives none), retriever (what the file
 *       says, or null) → map of path in the library's repository → text, of all files below {@code
 *       vars}, {@code src} and {@code resources}; a library that cannot be had is a failed call
 *   <li>{@code build} displayName or description → null
 * </ul>
 */
public interface Host {
  /** Begins {@code call} and returns at once; its answer comes from {@link #take}. */
  void begin(HostCall call);

  /**
   * Ends the call {@code id} early. A {@code timer} or {@code sleep} is forgotten and, for a timer,
   * gives no answer, not even one that was already due. Any other call still gives its answer, when
   * what it started has ended.
   */
  void cancel(long id, String reason);

  /** The next answer, waiting for it. */
  Answer take() throws InterruptedException;
}
