package io.dormouse.controller.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Typed values as people write them. */
public final class Quantities {
  private static final Pattern NUMBER_AND_UNIT =
      Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)\\s*([A-Za-z]+)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L,
          "d", 86_400_000_000_000L);
  private static final Map<String, Long> BYTES =
      Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB", 1L << 40);

  private Quantities() {}

  /** {@code 500ms}, {@code 1.5s}, {@code 2m}, {@code 1h}, {@code 7d}. */
  public static Optional<Duration> duration(String text) {
    return amount(text, NANOS).map(Duration::ofNanos);
  }

  /** {@code 64KiB}, {@code 10MiB}, {@code 2GiB}, in bytes. */
  public static Optional<Long> dataSize(String text) {
    return amount(text, BYTES);
  }

  private static Optional<Long> amount(String text, Map<String, Long> units) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
    if (!matcher.matches() || !units.containsKey(matcher.group(2))) {
      return Optional.empty();
    }
    long unit = Optional.ofNullable(units.get(matcher.group(2))).orElse(1L);
    try {
      return Optional.of(
          new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit)).longValueExact());
    } catch (ArithmeticException tooFine) {
      return Optional.empty();
    }
  }
}
