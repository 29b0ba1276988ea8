package io.dormouse.cli.up.worker;

import java.nio.charset.StandardCharsets;

/**
 * The data set as it would lie in a file: fixed-width lines of a hexadecimal key and eight words.
 * Keys do not compress, words do: about half and half.
 */
final class Records {
  static final int LINE_BYTES = 96;
  static final int WORDS_PER_LINE = 8;
  static final int VOCABULARY = 256;
  private static final int KEY_DIGITS = 16;
  private static final int WORD_BYTES = 9;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final String[] STEMS = {
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "hazel",
    "inlet", "juniper", "knoll", "larch", "maple", "north", "ocean", "poppy"
  };

  private final byte[] text;
  private final int count;

  private Records(byte[] text, int count) {
    this.text = text;
    this.count = count;
  }

  /** Writes {@code count} lines. */
  static Records generate(long seed, int count) {
    byte[] text = new byte[Math.multiplyExact(count, LINE_BYTES)];
    byte[] words = vocabulary();
    SplitMix random = new SplitMix(seed);
    for (int row = 0; row < count; row++) {
      writeLine(text, row * LINE_BYTES, words, random);
    }
    return new Records(text, count);
  }

  private static void writeLine(byte[] text, int start, byte[] words, SplitMix random) {
    long key = random.next();
    for (int digit = 0; digit < KEY_DIGITS; digit++) {
      text[start + digit] = HEX[(int) (key >>> (60 - 4 * digit)) & 15];
    }
    long choice = random.next();
    int at = start + KEY_DIGITS;
    for (int word = 0; word < WORDS_PER_LINE; word++) {
      int id = (int) (choice >>> (8 * word)) & (VOCABULARY - 1);
      System.arraycopy(words, id * WORD_BYTES, text, at, WORD_BYTES);
      at += WORD_BYTES;
    }
    while (at < start + LINE_BYTES - 1) {
      text[at++] = '.';
    }
    text[at] = '\n';
  }

  /**
   * Every word: a stem cut to six letters and two hexadecimal digits of its number, after a blank.
   */
  private static byte[] vocabulary() {
    byte[] words = new byte[VOCABULARY * WORD_BYTES];
    for (int id = 0; id < VOCABULARY; id++) {
      String word = (STEMS[id >> 4] + "______").substring(0, 6);
      byte[] bytes = (" " + word).getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(bytes, 0, words, id * WORD_BYTES, bytes.length);
      words[id * WORD_BYTES + 7] = HEX[id >> 4];
      words[id * WORD_BYTES + 8] = HEX[id & 15];
    }
    return words;
  }

  int count() {
    return count;
  }

  byte[] text() {
    return text;
  }

  /** Reads the key of a line. */
  long key(int row) {
    long key = 0;
    int start = row * LINE_BYTES;
    for (int digit = 0; digit < KEY_DIGITS; digit++) {
      key = (key << 4) | digit(text[start + digit]);
    }
    return key;
  }

  /** Reads the number of a word of a line. */
  int word(int row, int word) {
    int end = row * LINE_BYTES + KEY_DIGITS + (word + 1) * WORD_BYTES;
    return (digit(text[end - 2]) << 4) | digit(text[end - 1]);
  }

  private static int digit(byte character) {
    return character <= '9' ? character - '0' : character - 'a' + 10;
  }
}
