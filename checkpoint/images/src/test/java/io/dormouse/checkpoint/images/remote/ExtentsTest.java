package io.dormouse.checkpoint.images.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ExtentsTest {
  private static final int EXTENT = 2 << 20;
  private static final UUID BLOB = new UUID(1, 2);

  private final List<Integer> requests = new ArrayList<>();

  private Extents.Source of(byte[] content) {
    return new Extents.Source() {
      @Override
      public void read(long position, byte[] into, int offset, int length) {
        requests.add(length);
        System.arraycopy(content, (int) position, into, offset, length);
      }

      @Override
      public void close() {}
    };
  }

  private static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    new Random(bytes).nextBytes(random);
    return random;
  }

  @Test
  void whoeverReadsOnCausesFewRequests() throws IOException {
    byte[] content = random(3 * EXTENT);
    Extents extents = new Extents();
    byte[] read = new byte[1 << 16];
    for (int at = 0; at < content.length; at += read.length) {
      extents.read(BLOB, content.length, of(content), at, read);
    }
    assertThat(requests).containsExactly(1 << 16, EXTENT, 1 << 16, EXTENT, 1 << 16, EXTENT);
  }

  @Test
  void whoeverReadsHereAndThereGetsNoMore() throws IOException {
    byte[] content = random(5 * EXTENT);
    Extents extents = new Extents();
    for (int i = 0; i < 5; i++) {
      extents.read(BLOB, content.length, of(content), (long) i * EXTENT + 5, new byte[100]);
    }
    assertThat(requests).containsOnly(100).hasSize(5);
  }

  @Test
  void failuresPassAndAreNotKept() throws IOException {
    byte[] content = random(1_000);
    Extents extents = new Extents();
    extents.read(BLOB, 1_000, of(content), 0, new byte[10]);
    Extents.Source broken =
        new Extents.Source() {
          @Override
          public void read(long position, byte[] into, int offset, int length) throws IOException {
            throw new IOException("broken");
          }

          @Override
          public void close() {}
        };
    assertThatIOException()
        .isThrownBy(() -> extents.read(BLOB, 1_000, broken, 0, new byte[10]))
        .withMessage("broken");
    byte[] read = new byte[10];
    extents.read(BLOB, 1_000, of(content), 990, read);
    assertThat(read).isEqualTo(Arrays.copyOfRange(content, 990, 1_000));
  }

  @Property(tries = 50)
  void anyReadsAreRight(@ForAll @IntRange(min = 1, max = 3 * EXTENT) int bytes, @ForAll long seed)
      throws IOException {
    byte[] content = random(bytes);
    Extents extents = new Extents();
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      int from = random.nextInt(bytes);
      byte[] read = new byte[random.nextInt(bytes - from + 1)];
      extents.read(BLOB, bytes, of(content), from, read);
      assertThat(read).isEqualTo(Arrays.copyOfRange(content, from, from + read.length));
    }
  }
}
