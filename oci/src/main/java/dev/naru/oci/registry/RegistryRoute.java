package dev.naru.oci.registry;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a path below {@code /v2} names.
 *
 * @param repository empty for none
 * @param reference tag, digest or upload id; empty for none
 */
record RegistryRoute(Kind kind, String repository, String reference) {
  enum Kind {
    VERSION("/"),
    CATALOG("/_catalog"),
    UPLOADS("/(?<name>.+)/blobs/uploads/?"),
    UPLOAD("/(?<name>.+)/blobs/uploads/(?<ref>[^/]+)"),
    BLOB("/(?<name>.+)/blobs/(?<ref>[^/]+)"),
    MANIFEST("/(?<name>.+)/manifests/(?<ref>[^/]+)"),
    TAGS("/(?<name>.+)/tags/list"),
    REFERRERS("/(?<name>.+)/referrers/(?<ref>[^/]+)");

    private final Pattern pattern;

    Kind(String regex) {
      this.pattern = Pattern.compile(regex);
    }
  }

  /** The first kind that fits. */
  static RegistryRoute of(String path) {
    for (Kind kind : Kind.values()) {
      Matcher matcher = kind.pattern.matcher(path);
      if (matcher.matches()) {
        return new RegistryRoute(kind, group(matcher, "name"), group(matcher, "ref"));
      }
    }
    throw new RegistryError(404, "UNSUPPORTED", "there is nothing at '" + path + "'");
  }

  private static String group(Matcher matcher, String name) {
    return matcher.namedGroups().containsKey(name) ? String.valueOf(matcher.group(name)) : "";
  }
}
