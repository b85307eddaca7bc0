package dev.naru.oci.build;

/** Where a build tells what it does. Called by one thread at a time. */
public interface BuildOutput {
  /** One line of progress, or of what a RUN step printed, without its end. */
  void line(String text);
}
