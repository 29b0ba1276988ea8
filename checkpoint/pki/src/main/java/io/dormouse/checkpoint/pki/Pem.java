package io.dormouse.checkpoint.pki;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text files with blocks of base 64 (RFC 7468); text outside of blocks is for people. */
public final class Pem {
  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----");
  private static final Pattern END = Pattern.compile("-----END ([A-Z0-9 ]{1,64})-----");
  private static final int LINE_CHARACTERS = 64;

  /**
   * One block.
   *
   * @param type such as {@code CERTIFICATE}
   * @param content as encoded, usually DER
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Block(String type, byte[] content) {}

  private Pem() {}

  /**
   * Reads all blocks.
   *
   * @throws IOException if a block is broken or has no end; the message is a clause without a name
   */
  static List<Block> parse(String text) throws IOException {
    List<Block> blocks = new ArrayList<>();
    StringBuilder base64 = new StringBuilder();
    String open = "";
    for (String line : text.lines().map(String::strip).toList()) {
      Matcher begin = BEGIN.matcher(line);
      Matcher end = END.matcher(line);
      if (begin.matches()) {
        refuseUnless(open.isEmpty(), "the block %s has no end".formatted(open));
        open = begin.group(1);
      } else if (end.matches()) {
        refuseUnless(open.equals(end.group(1)), "a block's end has no beginning");
        blocks.add(new Block(open, decode(open, base64.toString())));
        base64.setLength(0);
        open = "";
      } else if (!open.isEmpty()) {
        base64.append(line);
      }
    }
    refuseUnless(open.isEmpty(), "the block %s has no end".formatted(open));
    return blocks;
  }

  /** Writes one block. */
  public static String write(Block block) {
    String lines =
        Base64.getMimeEncoder(LINE_CHARACTERS, new byte[] {'\n'}).encodeToString(block.content());
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(block.type(), lines, block.type());
  }

  private static byte[] decode(String type, String base64) throws IOException {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException malformed) {
      throw new IOException("the block %s is no base 64".formatted(type), malformed);
    }
  }

  private static void refuseUnless(boolean fine, String what) throws IOException {
    if (!fine) {
      throw new IOException(what);
    }
  }
}
