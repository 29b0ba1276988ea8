package io.dormouse.engine.pricing;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time that grows with the size of an instance.
 *
 * @param baseSeconds at size 0
 * @param secondsPerGib for each GiB
 */
public record LinearSeconds(double baseSeconds, double secondsPerGib) {
  /** No time at all. */
  public static final LinearSeconds ZERO = new LinearSeconds(0, 0);

  private static final String NUMBER = "(\\d+(?:\\.\\d+)?)";
  private static final Pattern FORMULA =
      Pattern.compile(NUMBER + "(?: \\+ (?:" + NUMBER + " )?s(?: / " + NUMBER + ")?)?");

  /** Checks the ranges. */
  public LinearSeconds {
    Checks.atLeast("baseSeconds", baseSeconds, 0);
    Checks.atLeast("secondsPerGib", secondsPerGib, 0);
  }

  /** The time at a size. */
  public double at(double sizeGib) {
    return baseSeconds + secondsPerGib * sizeGib;
  }

  /**
   * Reads {@code a}, {@code a + s}, {@code a + b s}, {@code a + s / c} or {@code a + b s / c},
   * where s is the size in GiB.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static LinearSeconds parse(String formula) {
    Matcher matcher = FORMULA.matcher(formula.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "The formula (%s) must look like \"0.3 + 0.4 s / 0.5\".%nMaybe it uses another variable than s."
              .formatted(formula));
    }
    double slope = formula.contains("s") ? number(matcher, 2, 1) / number(matcher, 3, 1) : 0;
    return new LinearSeconds(number(matcher, 1, 0), slope);
  }

  private static double number(Matcher matcher, int group, double otherwise) {
    String text = matcher.group(group);
    return text == null ? otherwise : Double.parseDouble(text);
  }
}
