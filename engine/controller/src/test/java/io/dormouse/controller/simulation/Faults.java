package io.dormouse.controller.simulation;

/**
 * Bugs that tests plant to see the checkers find them.
 *
 * @param agentsFence whether agents refuse commands of older leaders
 * @param writesFence whether the coordination service refuses writes of older leaders
 * @param leasesEnd whether agents end leases
 * @param releaseEnds whether a release ends its source; else the source runs on
 * @param imagesClaimed whether an image is woken once only
 * @param acknowledgementsAwaited whether controllers wait for agents' acknowledgements
 * @param chargesEnd whether an application serves its tasks while no controller is in charge
 */
record Faults(
    boolean agentsFence,
    boolean writesFence,
    boolean leasesEnd,
    boolean releaseEnds,
    boolean imagesClaimed,
    boolean acknowledgementsAwaited,
    boolean chargesEnd) {
  static final Faults NONE = new Faults(true, true, true, true, true, true, true);

  static Faults noFencing() {
    return new Faults(false, false, true, true, true, true, true);
  }

  static Faults noLeases() {
    return new Faults(true, true, false, true, true, true, true);
  }

  static Faults sourceRunsOn() {
    return new Faults(true, true, true, false, true, true, true);
  }

  static Faults noAcknowledgements() {
    return new Faults(true, true, true, true, true, false, true);
  }

  static Faults nobodyServes() {
    return new Faults(true, true, true, true, true, true, false);
  }
}
