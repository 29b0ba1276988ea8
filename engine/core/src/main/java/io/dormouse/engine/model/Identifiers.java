package io.dormouse.engine.model;

import java.util.regex.Pattern;

/** The one rule for names that come from outside. */
final class Identifiers {
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._:/-]{1,200}");

  private Identifiers() {}

  static void check(String kind, String value) {
    if (!ALLOWED.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "The %s (%s) must be 1 to 200 letters, digits and . _ : - /%nMaybe it was built from a title or a path with blanks in it."
              .formatted(kind, value.length() > 200 ? value.substring(0, 200) + "…" : value));
    }
  }
}
