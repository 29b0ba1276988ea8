package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.packs.InheritedPages;
import io.dormouse.checkpoint.images.packs.LeftOut;
import io.dormouse.checkpoint.images.packs.LivePages;
import io.dormouse.checkpoint.images.packs.PageSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Images of which some was never written into a file. */
class LivePagesTest extends PackedStoreCase {
  private static final String FILE = "criu/pages-2.img";

  private final AtomicInteger open = new AtomicInteger();

  /** {@code bytes} of which {@code readable} can be read. */
  private LivePages live(byte[] bytes, int readable, boolean unchanged) {
    return new LivePages(Map.of(FILE, () -> source(bytes, readable)), () -> unchanged);
  }

  private PageSource source(byte[] bytes, int readable) {
    open.incrementAndGet();
    return new PageSource() {
      @Override
      public long bytes() {
        return bytes.length;
      }

      @Override
      public void read(ByteBuffer into, long position) throws IOException {
        if (position + into.remaining() > readable) {
          throw new EOFException("the process ended");
        }
        into.put(bytes, (int) position, into.remaining());
      }

      @Override
      public void close() {
        open.decrementAndGet();
      }
    };
  }

  private Stored<Image.Published> publish(ImageId image, LivePages live) throws IOException {
    StagedImage staged = fill(ok(store.stage(expected(image))));
    Stored<Image.Published> published =
        store.publish(staged, metadata(image), new LeftOut(InheritedPages.NONE, live));
    if (published instanceof Stored.Failed) {
      ok(store.discard(staged));
    }
    return published;
  }

  @Test
  void areFilesLikeOthers() throws IOException {
    byte[] pages = pages();

    Image.Published image = ok(publish(id, live(pages, pages.length, true)));

    assertThat(image.manifest().contents().files()).isEqualTo(3);
    assertThat(image.manifest().contents().newBytes()).isLessThan(pages.length * 5L / 4);
    assertThat(store.verify(id)).isInstanceOf(VerifyResult.Verified.class);
    Fetched fetched = store.fetch(id);
    assertThat(fetched.copy().directory().resolve(FILE)).hasBinaryContent(pages);
    assertThat(Files.getPosixFilePermissions(fetched.copy().directory().resolve(FILE))).hasSize(2);
    assertThat(open).hasValue(0);
  }

  @Test
  void ofWhatWentOnMakeNoImage() throws IOException {
    assertThat(publish(id, live(pages(), pages().length, false)))
        .isInstanceOfSatisfying(
            Stored.Failed.class,
            failed -> assertThat(failed.failure().message()).contains("went on"));
    nothingIsLeft();
  }

  @Test
  void thatCanNotAllBeReadMakeNoImage() throws IOException {
    assertThat(publish(id, live(pages(), pages().length / 2, true)))
        .isInstanceOfSatisfying(
            Stored.Failed.class,
            failed -> assertThat(failed.failure().message()).contains("the process ended"));
    nothingIsLeft();
  }

  private void nothingIsLeft() throws IOException {
    assertThat(store.show(id)).isInstanceOf(Image.Missing.class);
    assertThat(spool()).isEmpty();
    assertThat(files("packs")).isEmpty();
    assertThat(open).hasValue(0);
    publish(new ImageId("worker-2", UUID.randomUUID()));
  }
}
