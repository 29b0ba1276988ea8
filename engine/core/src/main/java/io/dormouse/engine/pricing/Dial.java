package io.dormouse.engine.pricing;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How the operator weighs waiting against money, from cheap to quick. */
public enum Dial {
  /** Waiting hardly counts. */
  THRIFTY,
  /** Waiting counts little. */
  FRUGAL,
  /** The reference. */
  BALANCED,
  /** Waiting counts much. */
  QUICK,
  /** Waiting counts most. */
  SWIFT;

  /** The name in configurations and in {@code scenarios.yaml}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The level of a label. */
  public static Optional<Dial> ofLabel(String label) {
    return Arrays.stream(values()).filter(dial -> dial.label().equals(label)).findFirst();
  }
}
