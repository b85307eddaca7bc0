package dev.naru.gitops.edit;

/**
 * What the entry {@code name} of kustomize's {@code images} shall say.
 *
 * @param name the image name as the manifests have it
 * @param newName empty leaves what is there
 * @param newTag empty removes it when a digest is given
 * @param digest {@code sha256:…}; empty removes it when a tag is given
 */
public record ImageChange(String name, String newName, String newTag, String digest) {
  public ImageChange {
    if (name.isBlank()) {
      throw new IllegalArgumentException("an image change needs the image's name");
    }
    if (newTag.isEmpty() && digest.isEmpty() && newName.isEmpty()) {
      throw new IllegalArgumentException("image '" + name + "' is given nothing to change to");
    }
  }

  /**
   * Reads {@code name=newName:tag}, {@code name=:tag} or {@code name=newName@sha256:…}.
   *
   * @throws IllegalArgumentException when the text is of another form
   */
  public static ImageChange parse(String text) {
    int equals = text.indexOf('=');
    if (equals <= 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is not of the form name=newName:tag or name=newName@sha256:digest");
    }
    String name = text.substring(0, equals);
    String rest = text.substring(equals + 1);
    String digest = "";
    int at = rest.indexOf('@');
    if (at >= 0) {
      digest = rest.substring(at + 1);
      rest = rest.substring(0, at);
    }
    String tag = "";
    int colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/')) {
      tag = rest.substring(colon + 1);
      rest = rest.substring(0, colon);
    }
    return new ImageChange(name, rest.equals(name) ? "" : rest, tag, digest);
  }

  /** The image after the change, as people write it. */
  public String text() {
    return (newName.isEmpty() ? name : newName)
        + (newTag.isEmpty() ? "" : ":" + newTag)
        + (digest.isEmpty() ? "" : "@" + digest);
  }
}
