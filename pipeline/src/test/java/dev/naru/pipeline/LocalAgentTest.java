package dev.naru.pipeline;

/** The fake passes the contract of the real thing. */
class LocalAgentTest extends AgentContract {
  @Override
  Agent agent() {
    return new LocalAgent("local", dir);
  }
}
