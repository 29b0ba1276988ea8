package io.dormouse.engine.pricing;

final class Checks {
  private Checks() {}

  static void atLeast(String name, double value, double least) {
    if (!Double.isFinite(value) || value < least) {
      throw new IllegalArgumentException(
          "The %s (%s) must be finite and at least %s.%nMaybe a sign or a unit is wrong in the model."
              .formatted(name, value, least));
    }
  }
}
