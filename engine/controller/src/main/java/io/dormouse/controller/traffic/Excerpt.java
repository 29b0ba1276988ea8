package io.dormouse.controller.traffic;

/** What is shown of answers. */
final class Excerpt {
  private static final int CHARACTERS_MAX = 200;

  private Excerpt() {}

  static String of(String text) {
    String line = text.strip().replaceAll("\\p{Cntrl}+", " ");
    return line.length() > CHARACTERS_MAX ? line.substring(0, CHARACTERS_MAX) + "…" : line;
  }
}
