package io.dormouse.checkpoint.images;

import java.util.regex.Pattern;

/**
 * One regular file of an image.
 *
 * @param path relative to the image, '/' between names, without '.', '..' or empty names
 * @param sizeBytes exact size
 * @param mode permission bits
 * @param sha256 64 hexadecimal digits, lower case
 */
public record ManifestFile(String path, long sizeBytes, int mode, String sha256) {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int PATH_CHARS_MAX = 1024;

  public ManifestFile {
    if (!isSafePath(path)) {
      throw new IllegalArgumentException(
          "The file path of an image must be relative and stay inside of it.%nMaybe the manifest was tampered with; dump again."
              .formatted());
    }
    if (sizeBytes < 0) {
      throw new IllegalArgumentException(
          "The sizeBytes (%d) of %s must not be negative.".formatted(sizeBytes, path));
    }
    if (mode < 0 || mode > 07777) {
      throw new IllegalArgumentException(
          "The mode (%o) of %s must be between 0 and 7777.".formatted(mode, path));
    }
    if (!SHA256.matcher(sha256).matches()) {
      throw new IllegalArgumentException(
          "The sha256 of %s must be 64 hexadecimal digits.".formatted(path));
    }
  }

  static boolean isSafePath(String path) {
    if (path.isEmpty()
        || path.length() > PATH_CHARS_MAX
        || path.indexOf('\0') >= 0
        || path.indexOf('\\') >= 0) {
      return false;
    }
    for (String name : path.split("/", -1)) {
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        return false;
      }
    }
    return !path.equals(Manifest.FILE_NAME);
  }
}
