package io.dormouse.engine.pricing;

/**
 * What a hibernation level takes and costs, by the size of the instance.
 *
 * @param entry how long it takes to get there, a core and the memory being busy
 * @param wake how long it takes to get back
 * @param ramShare part of the size that stays in memory
 * @param objectShare part of the size that lies in object storage
 * @param nvmeShare part of the size that lies on fast local storage
 */
public record LevelModel(
    LinearSeconds entry,
    LinearSeconds wake,
    double ramShare,
    double objectShare,
    double nvmeShare) {
  /** Checks the ranges. */
  public LevelModel {
    Checks.atLeast("ramShare", ramShare, 0);
    Checks.atLeast("objectShare", objectShare, 0);
    Checks.atLeast("nvmeShare", nvmeShare, 0);
  }
}
