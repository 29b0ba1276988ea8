package io.dormouse.it;

/** Models of prices that leave the engine one sensible decision. */
enum Prices {
  /** An idle instance goes to L1 at once, and stays there. */
  FREEZING,
  /** An idle instance goes to L3 at once, and stays there. */
  IMAGING;

  String resource() {
    return "/" + name().toLowerCase(java.util.Locale.ROOT) + ".yaml";
  }
}
