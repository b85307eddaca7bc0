package dev.naru.server.auth;

/** Somebody who has shown who they are. */
public record User(String name, Role role) {}
