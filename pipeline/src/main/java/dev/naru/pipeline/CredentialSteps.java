package dev.naru.pipeline;

import dev.naru.pipeline.Credentials.Credential;
import dev.naru.pipeline.lang.HostCall;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Binds credentials to variables; what is secret in them is masked from then on. */
final class CredentialSteps {
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9._-]+");

  private final ActiveRun run;
  private final Secrets secrets;

  CredentialSteps(ActiveRun run, Secrets secrets) {
    this.run = run;
    this.secrets = secrets;
  }

  Map<String, String> bind(HostCall call) throws IOException, InterruptedException {
    Map<String, String> variables = new LinkedHashMap<>();
    if (call.args().get("bindings") instanceof List<?> bindings) {
      for (Object o : bindings) {
        if (o instanceof Map<?, ?> binding) {
          bind(call, binding, variables);
        }
      }
    }
    return variables;
  }

  private static String text(Map<?, ?> binding, String key) throws IOException {
    Object value = binding.get(key);
    if (value == null || value.toString().isEmpty()) {
      throw new IOException("the binding needs '" + key + "'");
    }
    return value.toString();
  }

  private void bind(HostCall call, Map<?, ?> binding, Map<String, String> to)
      throws IOException, InterruptedException {
    String id = text(binding, "credentialsId");
    String type = text(binding, "type");
    Credential credential = run.credentials().find(id);
    switch (credential) {
      case Credential.UserPassword c -> {
        String joined = c.user() + ":" + c.password();
        secrets.add(c.password());
        switch (type) {
          case "environment" -> {
            secrets.add(joined);
            String name = text(binding, "variable");
            to.put(name, joined);
            to.put(name + "_USR", c.user());
            to.put(name + "_PSW", c.password());
          }
          case "usernamePassword" -> {
            to.put(text(binding, "usernameVariable"), c.user());
            to.put(text(binding, "passwordVariable"), c.password());
          }
          case "usernameColonPassword" -> {
            secrets.add(joined);
            to.put(text(binding, "variable"), joined);
          }
          default -> throw wrong(id, "a user name with password", type);
        }
      }
      case Credential.Text c -> {
        secrets.add(c.text());
        if (!type.equals("environment") && !type.equals("string")) {
          throw wrong(id, "a secret text", type);
        }
        to.put(text(binding, "variable"), c.text());
      }
      case Credential.SecretFile c -> {
        if (!type.equals("environment") && !type.equals("file")) {
          throw wrong(id, "a secret file", type);
        }
        to.put(text(binding, "variable"), file(call, id, c));
      }
    }
  }

  private static IOException wrong(String id, String is, String type) {
    return new IOException(
        "Credentials '" + id + "' is " + is + ", which the binding '" + type + "' cannot take");
  }

  private String folder(long call) throws IOException, InterruptedException {
    return run.agent().control() + "/secrets/" + call;
  }

  private String file(HostCall call, String id, Credential.SecretFile c)
      throws IOException, InterruptedException {
    String name = FILE_NAME.matcher(c.name()).matches() ? c.name() : id;
    String path = folder(call.id()) + "/" + name;
    byte[] content = c.content();
    AgentCommand.Result result =
        AgentCommand.run(
            run.agent(),
            "umask 077; mkdir -p \"$1\" && head -c \"$3\" > \"$2\"",
            content,
            folder(call.id()),
            path,
            String.valueOf(content.length));
    if (result.code() != 0) {
      throw new IOException("the secret file cannot be written: " + result.errors());
    }
    return path;
  }

  @Nullable Object unbind(HostCall call) throws IOException, InterruptedException {
    if (run.agentIfReady().isPresent()) {
      AgentCommand.run(run.agent(), "rm -rf \"$1\"", new byte[0], folder(call.number("call", 0)));
    }
    return null;
  }
}
