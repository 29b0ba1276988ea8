package io.dormouse.checkpoint.engines;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Cuts an uncompressed image of DMTCP 4 by its memory areas, and puts it together again. Its
 * headers lie between the pages, and a mapped file whose length is no multiple of a page shifts all
 * that follows: cut, every page lies at a page's border, so that the same page is the same chunk in
 * every image. Source of the layout: {@code ProcMapsArea} and {@code writeckpt.cpp} of DMTCP 4.2.0.
 */
final class DmtcpAreas {
  static final int PAGE_BYTES = 4096;

  /** The checkpoint's own header, which is there twice. */
  static final int PREFIX_BYTES = 2 * PAGE_BYTES;

  private static final byte[] SIGNATURE =
      "DMTCP_CHECKPOINT_IMAGE_v4.0\n".getBytes(StandardCharsets.US_ASCII);
  private static final int ADDRESS = 0;
  private static final int END_ADDRESS = 8;
  private static final int SIZE = 16;
  private static final int FLAGS = 40;
  private static final int FILE_SIZE = 72;
  private static final int PROPERTIES = 80;
  private static final long ZERO_OR_PARENT = 0b11;
  private static final long CHILD = 0b100;
  private static final long MAP_ANONYMOUS = 0x20;
  private static final long AREA_BYTES_MAX = 1L << 47;
  private static final long AREAS_MAX = 10_000_000;

  private final byte[] buffer = new byte[64 * PAGE_BYTES];

  /** What an image was cut into. */
  record Sizes(long headBytes, long pageBytes) {}

  /** It is not such an image, or not all of one. */
  static final class BadAreasException extends IOException {
    private static final long serialVersionUID = 1;

    BadAreasException(String reason) {
      super(reason);
    }
  }

  /**
   * Reads one image to its end, and no further.
   *
   * @param heads gets all headers, one after the other
   * @param pages gets what they are of, each filled with zeros up to a page's border
   * @throws EOFException when the image ends before its end
   */
  Sizes cut(InputStream image, OutputStream heads, OutputStream pages) throws IOException {
    byte[] head = new byte[PAGE_BYTES];
    long headBytes = PREFIX_BYTES;
    for (int i = 0; i < PREFIX_BYTES / PAGE_BYTES; i++) {
      readFully(image, head, PAGE_BYTES);
      requireSignature(head);
      heads.write(head);
    }
    long pageBytes = 0;
    for (long areas = 0; areas < AREAS_MAX; areas++) {
      readFully(image, head, PAGE_BYTES);
      heads.write(head);
      headBytes += PAGE_BYTES;
      if (isLast(head)) {
        return new Sizes(headBytes, pageBytes);
      }
      long bytes = dataBytes(head);
      copy(image, pages, bytes);
      int gap = gap(bytes);
      pages.write(new byte[gap]);
      pageBytes += bytes + gap;
    }
    throw new BadAreasException("it has more than %d areas".formatted(AREAS_MAX));
  }

  /**
   * The reverse of {@link #cut}.
   *
   * @param pages is read to its end, which must be the image's
   */
  void join(InputStream heads, InputStream pages, OutputStream image) throws IOException {
    byte[] head = new byte[PAGE_BYTES];
    for (int i = 0; i < PREFIX_BYTES / PAGE_BYTES; i++) {
      readFully(heads, head, PAGE_BYTES);
      requireSignature(head);
      image.write(head);
    }
    do {
      readFully(heads, head, PAGE_BYTES);
      image.write(head);
      if (!isLast(head)) {
        long bytes = dataBytes(head);
        copy(pages, image, bytes);
        pages.skipNBytes(gap(bytes));
      }
    } while (!isLast(head));
    if (heads.read() >= 0 || pages.read() >= 0) {
      throw new BadAreasException("it goes on behind its end");
    }
  }

  private static int gap(long bytes) {
    return (int) (-bytes & (PAGE_BYTES - 1));
  }

  private void copy(InputStream from, OutputStream to, long bytes) throws IOException {
    long left = bytes;
    while (left > 0) {
      int step = (int) Math.min(buffer.length, left);
      int read = from.read(buffer, 0, step);
      if (read < 0) {
        throw new EOFException("it ends in the middle of an area");
      }
      to.write(buffer, 0, read);
      left -= read;
    }
  }

  private static void readFully(InputStream from, byte[] bytes, int count) throws IOException {
    if (from.readNBytes(bytes, 0, count) < count) {
      throw new EOFException("it ends in the middle of a header");
    }
  }

  private static void requireSignature(byte[] head) throws BadAreasException {
    for (int i = 0; i < SIGNATURE.length; i++) {
      if (head[i] != SIGNATURE[i]) {
        throw new BadAreasException(
            "it does not begin like an uncompressed image of DMTCP 4; maybe the program cleared DMTCP_GZIP from its environment");
      }
    }
  }

  private static boolean isLast(byte[] head) {
    return field(head, ADDRESS) == 0 && field(head, SIZE) == -1;
  }

  private static long dataBytes(byte[] head) throws BadAreasException {
    long size = field(head, SIZE);
    if (size <= 0
        || size > AREA_BYTES_MAX
        || field(head, ADDRESS) + size != field(head, END_ADDRESS)) {
      throw new BadAreasException(
          "an area begins at %x, ends at %x, and has %d bytes"
              .formatted(field(head, ADDRESS), field(head, END_ADDRESS), size));
    }
    long properties = field(head, PROPERTIES);
    if ((properties & ZERO_OR_PARENT) != 0) {
      return 0;
    }
    long ofFile = field(head, FILE_SIZE);
    boolean anonymous = (properties & CHILD) != 0 || (field(head, FLAGS) & MAP_ANONYMOUS) != 0;
    if (anonymous || ofFile <= 0) {
      return size;
    }
    if (ofFile > size) {
      throw new BadAreasException("an area of %d bytes has %d of a file".formatted(size, ofFile));
    }
    return ofFile;
  }

  private static long field(byte[] head, int offset) {
    return ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong(offset);
  }
}
