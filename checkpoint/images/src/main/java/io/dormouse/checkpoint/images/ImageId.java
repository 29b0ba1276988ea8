package io.dormouse.checkpoint.images;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Names one image: the instance (its lineage key, stable over hibernations) and the generation that
 * was dumped.
 *
 * @param instance 1 to 128 of letters, digits, dot, underscore and hyphen, not starting with a dot
 * @param generation the life of the instance that the image holds
 */
public record ImageId(String instance, UUID generation) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");

  public ImageId {
    if (!isValidName(instance)) {
      throw new IllegalArgumentException(
          "The instance name (%s) must match [A-Za-z0-9._-]{1,128} and not start with a dot.%nMaybe a path was given instead of a name."
              .formatted(abbreviate(instance)));
    }
  }

  /** Whether a text can name an instance, and so a directory of the store. */
  public static boolean isValidName(String name) {
    return NAME.matcher(name).matches();
  }

  private static String abbreviate(String text) {
    return text.length() <= 160 ? text : text.substring(0, 160) + "…";
  }

  @Override
  public String toString() {
    return instance + "/" + generation;
  }
}
