package dev.naru.kube;

/**
 * The query of a write.
 *
 * @param manager who writes, for managed fields
 * @param dryRun whether nothing is to be stored
 * @param validation what unknown fields do
 * @param force whether an apply takes fields from other managers
 */
record WriteOptions(String manager, boolean dryRun, FieldValidation validation, boolean force) {
  enum FieldValidation {
    IGNORE,
    WARN,
    STRICT
  }

  private static final int MANAGER_MAX = 128;

  static WriteOptions of(ApiRequest request) {
    String dryRun = request.query("dryRun");
    if (!dryRun.isEmpty() && !dryRun.equals("All")) {
      throw StatusException.badRequest("dryRun: Unsupported value: \"" + dryRun + "\"");
    }
    String manager = request.query("fieldManager");
    if (manager.length() > MANAGER_MAX) {
      throw StatusException.of(
          422, "Invalid", "fieldManager: may not be more than " + MANAGER_MAX + " bytes");
    }
    FieldValidation validation =
        switch (request.query("fieldValidation")) {
          case "Strict" -> FieldValidation.STRICT;
          case "Ignore" -> FieldValidation.IGNORE;
          case "", "Warn" -> FieldValidation.WARN;
          default ->
              throw StatusException.of(
                  422,
                  "Invalid",
                  "fieldValidation: Unsupported value: \""
                      + request.query("fieldValidation")
                      + "\": supported values: \"Ignore\", \"Strict\", \"Warn\"");
        };
    return new WriteOptions(
        manager.isEmpty() ? fromAgent(request.header("user-agent")) : manager,
        !dryRun.isEmpty(),
        validation,
        request.query("force").equals("true"));
  }

  private static String fromAgent(String agent) {
    int slash = agent.indexOf('/');
    String name = slash < 0 ? agent : agent.substring(0, slash);
    return name.isBlank() ? "unknown" : name.substring(0, Math.min(MANAGER_MAX, name.length()));
  }
}
