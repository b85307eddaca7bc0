package dev.naru.pipeline.lint;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Docker socket as a volume: in arguments of docker, of compose, or of a pod. */
final class DockerSocket implements Linter.Check {
  private static final String SOCKET = "(?:/var)?/run/docker\\.sock";
  private static final Pattern MOUNT =
      Pattern.compile(
          "(?<![\\w/])"
              + SOCKET
              + "(?=:)|(?<=\\b(?:source|src|path)(?:=|:|: |: [\"']|=[\"']))"
              + SOCKET);

  @Override
  public void check(Source source, Findings findings) {
    Matcher m = MOUNT.matcher(source.text().text());
    while (m.find()) {
      if (!source.text().inComment(m.start())) {
        findings.warn(
            Rule.DOCKER_SOCKET,
            m.start(),
            m.end(),
            "the Docker socket is mounted: whoever reaches it is root on the machine");
      }
    }
  }
}
