package io.dormouse.cli.up.worker;

/**
 * SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) without allocation: the same seed gives the same
 * data set on every machine and JDK. Not thread-safe.
 */
final class SplitMix {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private long state;

  SplitMix(long seed) {
    this.state = seed;
  }

  long next() {
    state += GAMMA;
    return mix(state);
  }

  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A seed from a name. */
  static long seedOf(String name) {
    long hash = GAMMA;
    for (int i = 0; i < name.length(); i++) {
      hash = mix(hash ^ name.charAt(i));
    }
    return hash;
  }
}
