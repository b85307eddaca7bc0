package org.acme

class Images implements Serializable {
  static final String REGISTRY = 'registry.acme'
  static String tag(String name, String version = 'latest') { "${REGISTRY}/${name}:${version}" }
}
