package io.dormouse.checkpoint.agent;

/** Which engine an agent runs its instances with. */
public enum EngineChoice {
  /** Capsules if the probe finds them working on this host, else processes. */
  AUTO,
  /** Capsules; the agent does not start without. */
  RUNC,
  /** Plain processes that signals stop; no images. */
  PROCESS
}
