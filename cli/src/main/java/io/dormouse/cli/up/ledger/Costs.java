package io.dormouse.cli.up.ledger;

/**
 * What a run cost, in US dollars.
 *
 * @param memory RAM held by instances at rest or at work, over trace time
 * @param storage images held, over trace time
 * @param transitions a core and the RAM while starting, hibernating or waking, over wall time
 * @param waits what tasks waited, over wall time
 */
public record Costs(double memory, double storage, double transitions, double waits) {
  /** All of it. */
  public double total() {
    return memory + storage + transitions + waits;
  }

  /** This and another, part by part. */
  Costs plus(Costs other) {
    return new Costs(
        memory + other.memory,
        storage + other.storage,
        transitions + other.transitions,
        waits + other.waits);
  }
}
