package dev.naru.pipeline.lang;

import java.nio.file.Files;
import java.nio.file.Path;
import org.codehaus.groovy.control.CompilationUnit;
import org.codehaus.groovy.control.Phases;

/**
 * Reads one file again and again: {@code ParseBench naru|groovy <file> <times>}. Prints the
 * microseconds of each time.
 */
final class ParseBench {
  private ParseBench() {}

  public static void main(String[] args) throws Exception {
    String text = Files.readString(Path.of(args[1]));
    int times = Integer.parseInt(args[2]);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < times; i++) {
      long began = System.nanoTime();
      if (args[0].equals("naru")) {
        Jenkinsfile.Parsed parsed = Jenkinsfile.parse("Jenkinsfile", text);
        if (parsed.file().isEmpty()) {
          throw new IllegalStateException(parsed.diagnostics().toString());
        }
      } else {
        CompilationUnit unit = new CompilationUnit();
        unit.addSource("Jenkinsfile", text);
        unit.compile(Phases.CONVERSION);
      }
      out.append((System.nanoTime() - began) / 1_000).append('\n');
    }
    System.out.print(out);
  }
}
