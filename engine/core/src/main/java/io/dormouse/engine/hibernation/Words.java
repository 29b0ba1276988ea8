package io.dormouse.engine.hibernation;

import java.time.Duration;
import java.util.Locale;

/** Times for people, the same in every locale. */
final class Words {
  private Words() {}

  static String seconds(double seconds) {
    return seconds < 10
        ? String.format(Locale.ROOT, "%.2f s", seconds)
        : String.format(Locale.ROOT, "%.0f s", seconds);
  }

  static String seconds(Duration duration) {
    return seconds(ofDuration(duration));
  }

  static String number(double number) {
    return String.format(Locale.ROOT, "%.2f", number);
  }

  static double ofDuration(Duration duration) {
    return duration.getSeconds() + duration.getNano() / 1e9;
  }
}
