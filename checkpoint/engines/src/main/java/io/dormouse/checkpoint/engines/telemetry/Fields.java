package io.dormouse.checkpoint.engines.telemetry;

import io.dormouse.checkpoint.engines.telemetry.Reading.Cause;
import java.util.List;

/** Figures in the kernel's texts. What has another form than the kernel's is no figure. */
final class Fields {
  private static final int DIGITS_MAX = 20;
  private static final int WORDS_MAX = 64;

  private Fields() {}

  /** A number from 0 on; one above {@link Long#MAX_VALUE}, which stands for no limit, is that. */
  static Reading<Long> number(String text) {
    if (text.isEmpty() || text.length() > DIGITS_MAX) {
      return Reading.none(Cause.UNKNOWN_FORM);
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return Reading.none(Cause.UNKNOWN_FORM);
      }
    }
    try {
      return Reading.of(Long.parseLong(text));
    } catch (NumberFormatException tooLarge) {
      return Reading.of(Long.MAX_VALUE);
    }
  }

  /** The number behind a name at the begin of a line: {@code name 12} or {@code name: 12 kB}. */
  static Reading<Long> named(String text, String name) {
    for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
      int end = at + name.length();
      boolean begins = at == 0 || text.charAt(at - 1) == '\n';
      if (begins && end < text.length() && (text.charAt(end) == ' ' || text.charAt(end) == ':')) {
        int line = text.indexOf('\n', end);
        List<String> words = words(text.substring(end + 1, line < 0 ? text.length() : line));
        return words.isEmpty() ? Reading.none(Cause.UNKNOWN_FORM) : number(words.get(0));
      }
    }
    return Reading.none(Cause.UNKNOWN_FORM);
  }

  /** The words of a line, the first {@value #WORDS_MAX}. */
  static List<String> words(String line) {
    String stripped = line.strip();
    return stripped.isEmpty() ? List.of() : List.of(stripped.split("[ \\t]+", WORDS_MAX));
  }
}
