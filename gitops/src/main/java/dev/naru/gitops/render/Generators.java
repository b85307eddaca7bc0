package dev.naru.gitops.render;

import dev.naru.gitops.render.Kustomization.Generator;
import dev.naru.gitops.render.Kustomization.GeneratorOptions;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code configMapGenerator} and {@code secretGenerator}. */
final class Generators {
  // Kustomize breaks base64 into lines of this length; the hash of the name is over that text.
  private static final int BASE64_LINE = 70;

  private final SourceTree tree;
  private final Kustomization kustomization;

  Generators(SourceTree tree, Kustomization kustomization) {
    this.tree = tree;
    this.kustomization = kustomization;
  }

  /** Adds to, or changes in, {@code items} what the kustomization generates. */
  void apply(List<Item> items) {
    for (Generator generator : kustomization.generators()) {
      apply(generator, items);
    }
  }

  private void apply(Generator generator, List<Item> items) {
    GeneratorOptions options = kustomization.generatorOptions().with(generator.options());
    Map<String, Object> body = body(generator, options);
    String kind = generator.secret() ? "Secret" : "ConfigMap";
    Optional<Item> existing =
        items.stream()
            .filter(i -> i.kind().equals(kind) && i.wasNamed(generator.name()))
            .filter(i -> generator.namespace().isEmpty() || i.wasIn(generator.namespace()))
            .findFirst();
    if (generator.behavior().equals("create")) {
      if (existing.isPresent() && existing.get().namespace().equals(generator.namespace())) {
        throw new RenderException(
            generator.at()
                + ": "
                + kind
                + " '"
                + generator.name()
                + "' exists already; set behavior to merge or replace");
      }
      Item item = new Item(body, generator.at());
      item.hashed(!options.disableNameSuffixHash());
      items.add(item);
      return;
    }
    Item old =
        existing.orElseThrow(
            () ->
                new RenderException(
                    generator.at()
                        + ": there is no "
                        + kind
                        + " '"
                        + generator.name()
                        + "' to "
                        + generator.behavior()));
    for (String field : List.of("data", "binaryData")) {
      Map<String, Object> fresh = Trees.map(body.get(field)).orElse(Map.of());
      if (generator.behavior().equals("replace")) {
        old.body().remove(field);
      }
      if (!fresh.isEmpty()) {
        Trees.make(old.body(), field).putAll(fresh);
      }
    }
    for (String field : List.of("labels", "annotations")) {
      Map<String, Object> fresh = Trees.map(Trees.get(body, "metadata", field)).orElse(Map.of());
      if (!fresh.isEmpty()) {
        Trees.make(old.body(), "metadata", field).putAll(fresh);
      }
    }
    if (options.disableNameSuffixHash()) {
      old.hashed(false);
    }
  }

  private Map<String, Object> body(Generator generator, GeneratorOptions options) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("apiVersion", "v1");
    body.put("kind", generator.secret() ? "Secret" : "ConfigMap");
    Map<String, Object> metadata = Trees.make(body, "metadata");
    metadata.put("name", generator.name());
    if (!generator.namespace().isEmpty()) {
      metadata.put("namespace", generator.namespace());
    }
    if (!options.labels().isEmpty()) {
      metadata.put("labels", new LinkedHashMap<>(options.labels()));
    }
    if (!options.annotations().isEmpty()) {
      metadata.put("annotations", new LinkedHashMap<>(options.annotations()));
    }
    if (generator.secret()) {
      body.put("type", generator.type().isEmpty() ? "Opaque" : generator.type());
    }
    Map<String, Object> data = new TreeMap<>();
    Map<String, Object> binary = new TreeMap<>();
    entries(generator)
        .forEach(
            (key, bytes) -> {
              Optional<String> text = utf8(bytes);
              if (generator.secret()) {
                data.put(key, base64(bytes));
              } else if (text.isPresent()) {
                data.put(key, text.get());
              } else {
                binary.put(key, base64(bytes));
              }
            });
    if (!data.isEmpty()) {
      body.put("data", new LinkedHashMap<>(data));
    }
    if (!binary.isEmpty()) {
      body.put("binaryData", new LinkedHashMap<>(binary));
    }
    if (options.immutable()) {
      body.put("immutable", true);
    }
    return body;
  }

  private Map<String, byte[]> entries(Generator generator) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    for (String path : generator.envs()) {
      env(generator, path, entries);
    }
    for (String entry : generator.files()) {
      int equals = entry.indexOf('=');
      String path = entry.substring(equals + 1);
      String key =
          equals >= 0 ? entry.substring(0, equals) : path.substring(path.lastIndexOf('/') + 1);
      add(generator, entries, key, tree.read(below(path, generator.at())));
    }
    for (String literal : generator.literals()) {
      int equals = literal.indexOf('=');
      if (equals <= 0) {
        throw new RenderException(generator.at() + ": the literal is not of the form key=value");
      }
      String value = unquote(literal.substring(equals + 1));
      add(generator, entries, literal.substring(0, equals), value.getBytes(StandardCharsets.UTF_8));
    }
    return entries;
  }

  private void env(Generator generator, String path, Map<String, byte[]> entries) {
    String file = below(path, generator.at());
    String text = new String(tree.read(file), StandardCharsets.UTF_8);
    for (String line : text.split("\n", -1)) {
      String trimmed = line.stripLeading();
      if (trimmed.endsWith("\r")) {
        trimmed = trimmed.substring(0, trimmed.length() - 1);
      }
      if (trimmed.isEmpty() || trimmed.startsWith("#")) {
        continue;
      }
      int equals = trimmed.indexOf('=');
      if (equals <= 0) {
        throw new RenderException(file + ": a line is not of the form key=value");
      }
      add(
          generator,
          entries,
          trimmed.substring(0, equals),
          trimmed.substring(equals + 1).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void add(
      Generator generator, Map<String, byte[]> entries, String key, byte[] value) {
    if (entries.put(key, value) != null) {
      throw new RenderException(
          generator.at() + ": '" + generator.name() + "' gets the key '" + key + "' twice");
    }
  }

  private String below(String path, String at) {
    return Paths.below(kustomization.directory(), path, at);
  }

  private static String unquote(String value) {
    boolean quoted =
        value.length() >= 2
            && (value.charAt(0) == '\'' || value.charAt(0) == '"')
            && value.charAt(0) == value.charAt(value.length() - 1);
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  private static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException binary) {
      return Optional.empty();
    }
  }

  private static String base64(byte[] bytes) {
    String plain = Base64.getEncoder().encodeToString(bytes);
    if (plain.length() < BASE64_LINE) {
      return plain;
    }
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < plain.length(); i += BASE64_LINE) {
      lines.append(plain, i, Math.min(plain.length(), i + BASE64_LINE)).append('\n');
    }
    return lines.toString();
  }
}
