package io.dormouse.checkpoint.engines;

/** What an engine can do on this host. */
public enum Ability {
  /** Stop an instance in memory and let it go on. */
  FREEZE,
  /** Dump to and restore from an image. */
  IMAGE,
  /** Leave established TCP connections out of an image. */
  CLOSE,
  /** Keep an instance frozen, whatever others do, while its data is evicted. */
  DATA,
  /** Let a restored instance run before all its pages are in. */
  LAZY,
  /** Leave out of a dump what did not change since the last image. */
  TRACK
}
