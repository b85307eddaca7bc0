package dev.naru.board;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells anyone which release and commit answers. */
@RestController
final class VersionController {
  private final Version version;

  VersionController(ReleaseProperties release) {
    this.version = new Version(release.name(), release.commit());
  }

  @GetMapping("/api/version")
  Version version() {
    return version;
  }

  record Version(String release, String commit) {}
}
