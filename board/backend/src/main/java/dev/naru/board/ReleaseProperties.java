package dev.naru.board;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is running.
 *
 * @param name the release's name, from {@code release.properties}: each release is named like a
 *     ferry
 * @param commit the source commit, from {@code BOARD_RELEASE_COMMIT} of the image
 */
@ConfigurationProperties(prefix = "board.release", ignoreUnknownFields = false)
record ReleaseProperties(String name, @DefaultValue("unknown") String commit) {}
