package io.dormouse.yarn.site;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Makes bearer tokens. */
final class Tokens {
  private static final int BYTES = 24;

  private Tokens() {}

  static String fresh() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes) + "\n";
  }
}
