package dev.naru.pipeline;

import dev.naru.kube.PodAccess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Runs what is exec'ed in pods as processes of this machine. */
final class LocalPods implements PodAccess {
  @Override
  public InputStream logs(String namespace, String pod, LogOptions options) {
    return InputStream.nullInputStream();
  }

  @Override
  public Session exec(String namespace, String pod, ExecOptions options) throws IOException {
    Process process = new ProcessBuilder(options.command()).start();
    return new Session() {
      @Override
      public OutputStream stdin() {
        return process.getOutputStream();
      }

      @Override
      public InputStream stdout() {
        return process.getInputStream();
      }

      @Override
      public InputStream stderr() {
        return process.getErrorStream();
      }

      @Override
      public void resize(int columns, int rows) {}

      @Override
      public int exitCode() throws InterruptedException {
        return process.waitFor();
      }

      @Override
      public void close() {
        process.destroyForcibly();
      }
    };
  }

  @Override
  public Session attach(String namespace, String pod, ExecOptions options) throws IOException {
    throw new IOException("no attach");
  }

  @Override
  public Connection portForward(String namespace, String pod, int port) throws IOException {
    throw new IOException("no port-forward");
  }
}
