package dev.naru.pipeline;

import java.util.LinkedHashMap;
import java.util.Map;

/** What checkouts run on the agent. The password comes by the environment, through GIT_ASKPASS. */
final class GitScripts {
  private static final String START =
      """
      #!/bin/sh
      set -e
      askpass="$(dirname "$0")/askpass"
      cat > "$askpass" <<'EOF'
      #!/bin/sh
      case "$1" in
        Username*) printf '%s\\n' "$NARU_GIT_USER" ;;
        *) printf '%s\\n' "$NARU_GIT_PASSWORD" ;;
      esac
      EOF
      chmod 700 "$askpass"
      export GIT_ASKPASS="$askpass" GIT_TERMINAL_PROMPT=0
      git init -q .
      git config gc.auto 0
      git remote add origin "$NARU_GIT_URL" 2>/dev/null || git remote set-url origin "$NARU_GIT_URL"
      """;

  /** The commit itself, shallow; where a server does not give single commits, its branch. */
  static final String CHECKOUT =
      START
          + """
          git -c protocol.version=2 fetch -q --no-tags --depth=20 origin \
            "+$NARU_GIT_COMMIT:refs/remotes/origin/$NARU_GIT_BRANCH" ||
            git fetch -q --no-tags origin "+refs/heads/$NARU_GIT_BRANCH:refs/remotes/origin/$NARU_GIT_BRANCH"
          git -c advice.detachedHead=false checkout -q -f "$NARU_GIT_COMMIT"
          git log -1 --format='Commit message: "%s"'
          """;

  static final String CLONE =
      START
          + """
          git fetch -q --no-tags --depth=20 origin "+refs/heads/$NARU_GIT_BRANCH:refs/remotes/origin/$NARU_GIT_BRANCH"
          git checkout -q -f -B "$NARU_GIT_BRANCH" "refs/remotes/origin/$NARU_GIT_BRANCH"
          git log -1 --format='Commit %h: "%s"'
          """;

  private GitScripts() {}

  static Map<String, String> env(
      String url, String branch, String commit, String user, String password) {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("NARU_GIT_URL", url);
    env.put("NARU_GIT_BRANCH", branch);
    env.put("NARU_GIT_COMMIT", commit);
    env.put("NARU_GIT_USER", user);
    env.put("NARU_GIT_PASSWORD", password);
    return env;
  }
}
