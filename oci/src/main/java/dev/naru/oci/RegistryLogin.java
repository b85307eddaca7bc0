package dev.naru.oci;

/** User and password for one registry; the password never shows in {@link #toString}. */
public record RegistryLogin(String username, String password) {
  @Override
  public String toString() {
    return "RegistryLogin[" + username + ", ****]";
  }
}
