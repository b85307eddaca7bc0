package dev.naru.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

@Command(
    name = "manifest",
    description = "Edits a manifest repository.",
    subcommands = ManifestCommand.SetImage.class)
final class ManifestCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.err.println("naru: manifest needs a subcommand: set-image");
    return 2;
  }

  @Command(
      name = "set-image",
      description =
          "Sets images in a kustomization of a manifest repository, commits and pushes.%n"
              + "--repo URL [--branch main] --path overlays/local --source REPOSITORY@COMMIT NAME=[NEWNAME]:TAG...%n"
              + "The login is taken from GIT_USERNAME and GIT_PASSWORD, or GIT_TOKEN.")
  static final class SetImage implements Callable<Integer> {
    @Unmatched private List<String> options = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
      return setImage(options);
    }
  }

  static int setImage(List<String> options) throws InterruptedException {
    return dev.naru.gitops.edit.ManifestCommand.setImage(
        options, System.getenv(), System.out, System.err);
  }
}
