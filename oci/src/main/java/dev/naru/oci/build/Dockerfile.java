package dev.naru.oci.build;

import java.util.List;

/**
 * A parsed Dockerfile.
 *
 * @param escape the escape character, {@code \\} unless a directive says otherwise
 * @param globalArgs ARGs before the first FROM
 * @param stages in order, at least one
 */
record Dockerfile(char escape, List<Instruction.Arg> globalArgs, List<Stage> stages) {
  /**
   * @param base image, earlier stage or {@code scratch}, before variables are replaced
   * @param name of {@code AS}, or empty
   */
  record Stage(int line, String text, String base, String name, List<Instruction> instructions) {
    Stage {
      instructions = List.copyOf(instructions);
    }
  }

  Dockerfile {
    globalArgs = List.copyOf(globalArgs);
    stages = List.copyOf(stages);
  }

  /**
   * @param file its name in messages
   * @throws dev.naru.oci.OciException {@code OCI_DOCKERFILE_INVALID}: {@code <file>:<line>: <what
   *     is wrong>}
   */
  static Dockerfile parse(String file, String text) {
    return new DockerfileParser(file).parse(text);
  }
}
