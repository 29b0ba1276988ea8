package io.dormouse.cli.up.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What both runs came to.
 *
 * @param baseline without the engine
 * @param engine with it
 * @param decisions as the controller tells them, newest first
 * @param missing what this host could not do, for people
 */
record UpResult(
    OneRun.Result baseline, OneRun.Result engine, JsonNode decisions, List<String> missing) {
  /** Copies the list. */
  UpResult {
    missing = List.copyOf(missing);
  }

  /** Whether no task was lost and every woken instance was what it had been. */
  boolean isSound() {
    return baseline.report().isSound() && engine.report().isSound();
  }
}
