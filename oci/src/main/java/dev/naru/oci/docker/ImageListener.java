package dev.naru.oci.docker;

/** Hears of builds and pushes, on the thread that does them, in order for each image. */
public interface ImageListener {
  void on(ImageEvent event);
}
