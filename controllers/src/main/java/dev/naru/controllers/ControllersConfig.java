package dev.naru.controllers;

import java.nio.file.Path;

/**
 * @param volumes directory under which volumes of class {@code naru-local} are made
 */
public record ControllersConfig(Path volumes) {
  public ControllersConfig {
    volumes = volumes.toAbsolutePath().normalize();
  }
}
