package io.dormouse.checkpoint.agent;

/** Which engine an agent runs its instances with. */
public enum EngineChoice {
  /** Capsules if the probe finds them working on this host, else processes. */
  AUTO,
  /** Capsules; the agent does not start without. */
  RUNC,
  /**
   * Processes under DMTCP, with images and without root; the agent does not start without. A node
   * wakes only images of nodes with the same state directory, as DMTCP keeps paths.
   */
  DMTCP,
  /** Plain processes that signals stop; no images. */
  PROCESS
}
