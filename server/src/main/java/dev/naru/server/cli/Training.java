package dev.naru.server.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.eclipse.jgit.internal.storage.dfs.DfsRepositoryDescription;
import org.eclipse.jgit.internal.storage.dfs.InMemoryRepository;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.UploadPack;

/**
 * Runs what agents and people run most, so that the JDK records the classes it takes (JEP 483)
 * while an installation is put together. The manifest repository is in memory, behind smart HTTP on
 * a free port of the loopback. With the argument "edit" only what edits a manifest repository runs,
 * which needs few jars. Ends with code 1 when a command fails.
 */
final class Training {
  private static final String SOURCE = "board@0123456789012345678901234567890123456789";

  private final Repository manifests =
      new InMemoryRepository(new DfsRepositoryDescription("manifests"));

  private Training() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    System.exit(new Training().run(List.of(arguments).contains("edit")));
  }

  private int run(boolean editOnly) throws IOException, InterruptedException {
    seed();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    int edited =
        Main.execute(
            "manifest",
            "set-image",
            "--repo",
            "http://127.0.0.1:" + server.getAddress().getPort() + "/manifests.git",
            "--path",
            "overlays",
            "--source",
            SOURCE,
            "board=localhost:5000/board:1");
    server.stop(0);
    if (edited != 0 || editOnly) {
      return edited;
    }
    int linted = lint();
    return linted == 0 ? Main.execute("--help") : linted;
  }

  private static int lint() throws IOException, InterruptedException {
    Path file = Files.createTempFile("training", ".Jenkinsfile");
    try {
      Files.writeString(file, LintServiceCommand.SAMPLE);
      return Main.execute("lint", "-o", "json", file.toString());
    } finally {
      Files.delete(file);
    }
  }

  private void seed() throws IOException {
    try (ObjectInserter inserter = manifests.newObjectInserter()) {
      TreeFormatter overlay = new TreeFormatter();
      overlay.append(
          "kustomization.yaml",
          FileMode.REGULAR_FILE,
          inserter.insert(Constants.OBJ_BLOB, "resources: []\n".getBytes(StandardCharsets.UTF_8)));
      TreeFormatter root = new TreeFormatter();
      root.append("overlays", FileMode.TREE, inserter.insert(overlay));
      PersonIdent who = new PersonIdent("naru", "naru@localhost");
      CommitBuilder commit = new CommitBuilder();
      commit.setTreeId(inserter.insert(root));
      commit.setAuthor(who);
      commit.setCommitter(who);
      commit.setMessage("first");
      ObjectId head = inserter.insert(commit);
      inserter.flush();
      RefUpdate update = manifests.updateRef(Constants.R_HEADS + "main");
      update.setNewObjectId(head);
      update.update();
    }
  }

  /** Source: gitprotocol-http(5), the smart protocol. */
  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String query = exchange.getRequestURI().getQuery();
    boolean advertises = path.endsWith("/info/refs");
    String service =
        advertises && query != null
            ? query.replace("service=", "")
            : path.substring(path.lastIndexOf('/') + 1);
    exchange
        .getResponseHeaders()
        .set(
            "Content-Type",
            "application/x-" + service + (advertises ? "-advertisement" : "-result"));
    exchange.sendResponseHeaders(200, 0);
    boolean zipped = List.of("gzip").equals(exchange.getRequestHeaders().get("Content-Encoding"));
    try (InputStream raw = exchange.getRequestBody();
        InputStream in = zipped ? new GZIPInputStream(raw) : raw;
        OutputStream out = exchange.getResponseBody()) {
      if (advertises) {
        advertise(service, new PacketLineOut(out));
      } else if (service.equals("git-upload-pack")) {
        UploadPack upload = new UploadPack(manifests);
        upload.setBiDirectionalPipe(false);
        upload.upload(in, out, null);
      } else {
        ReceivePack receive = new ReceivePack(manifests);
        receive.setBiDirectionalPipe(false);
        receive.receive(in, out, null);
      }
    }
  }

  private void advertise(String service, PacketLineOut out) throws IOException {
    out.writeString("# service=" + service + "\n");
    out.end();
    if (service.equals("git-upload-pack")) {
      UploadPack upload = new UploadPack(manifests);
      upload.setBiDirectionalPipe(false);
      upload.sendAdvertisedRefs(new PacketLineOutRefAdvertiser(out));
    } else {
      new ReceivePack(manifests).sendAdvertisedRefs(new PacketLineOutRefAdvertiser(out));
    }
  }
}
