package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dormouse.checkpoint.images.blobs.Blob;
import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every backend keeps. */
interface BlobsContract {
  Backend backend();

  private Blobs open(Path local) throws IOException {
    return backend().open(backend().freshStore(local));
  }

  private static byte[] random(int bytes, long seed) {
    byte[] random = new byte[bytes];
    new Random(seed).nextBytes(random);
    return random;
  }

  @Test
  default void ofManyCreatorsOneWins(@TempDir Path local) throws Exception {
    StoreLocation place = backend().freshStore(local);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Blobs> processes = List.of(backend().open(place), backend().open(place));
    try {
      for (int round = 0; round < 6; round++) {
        String name = "claims/web/" + round;
        List<Callable<Boolean>> creators = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          byte[] content = {(byte) i};
          Blobs blobs = processes.get(i % 2);
          creators.add(() -> blobs.create(name, content));
        }
        List<Integer> winners = new ArrayList<>();
        List<Future<Boolean>> tries = threads.invokeAll(creators);
        for (int i = 0; i < tries.size(); i++) {
          if (tries.get(i).get()) {
            winners.add(i);
          }
        }
        assertThat(winners).as("round %d", round).hasSize(1);
        assertThat(processes.get(0).read(name, 1)).containsExactly(winners.get(0));
      }
    } finally {
      threads.shutdownNow();
      for (Blobs blobs : processes) {
        blobs.close();
      }
    }
  }

  @Test
  default void aBlobIsNeverReplaced(@TempDir Path local) throws IOException {
    try (Blobs blobs = open(local)) {
      assertThat(blobs.create("a/b", new byte[] {1})).isTrue();
      assertThat(blobs.create("a/b", new byte[] {2})).isFalse();
      try (Upload late = blobs.begin("a/b")) {
        late.write(new byte[] {3});
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(late::commit);
      }
      assertThat(blobs.read("a/b", 1)).containsExactly(1);
      assertThat(blobs.list("a", 10)).extracting(Blob::name).containsExactly("a/b");
    }
  }

  @Test
  default void whatIsNotCommittedIsNotSeen(@TempDir Path local) throws IOException {
    StoreLocation place = backend().freshStore(local);
    try (Blobs blobs = backend().open(place);
        Blobs other = backend().open(place)) {
      try (Upload upload = blobs.begin("a/b")) {
        upload.write(random(3 << 20, 1));
        assertThat(other.exists("a/b")).isFalse();
        assertThat(other.list("a", 10)).isEmpty();
      }
      assertThat(other.exists("a/b")).isFalse();
      assertThat(other.create("a/b", new byte[0])).isTrue();
      assertThat(other.read("a/b", 0)).isEmpty();
    }
  }

  @Test
  default void anyRangeReadsAsItWasWritten(@TempDir Path local) throws Exception {
    byte[] content = random((5 << 20) + 12_345, 7);
    try (Blobs blobs = open(local)) {
      try (Upload upload = blobs.begin("packs/d/p.pack")) {
        upload.write(content, 0, 1);
        upload.write(content[1]);
        upload.write(content, 2, content.length - 2);
        upload.commit();
      }
      try (ReadableBlob blob = blobs.open("packs/d/p.pack")) {
        assertThat(blob.length()).isEqualTo(content.length);
        assertThat(blob.read(0, content.length)).isEqualTo(content);
        readFromManyThreads(blob, content);
        assertThat(blob.read(content.length, 0)).isEmpty();
        for (long beyond : new long[] {1, content.length - 1L, content.length}) {
          assertThatExceptionOfType(EOFException.class)
              .isThrownBy(() -> blob.read(beyond, content.length));
        }
      }
    }
  }

  private static void readFromManyThreads(ReadableBlob blob, byte[] content) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Random random = new Random(i);
        readers.add(
            () -> {
              for (int read = 0; read < 50; read++) {
                int from = random.nextInt(content.length);
                int length = random.nextInt(Math.min(70_000, content.length - from) + 1);
                assertThat(blob.read(from, length))
                    .isEqualTo(Arrays.copyOfRange(content, from, from + length));
              }
              return 50;
            });
      }
      for (Future<Integer> reader : threads.invokeAll(readers)) {
        assertThat(reader.get()).isEqualTo(50);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  default void listsWhatIsThereInOrder(@TempDir Path local) throws IOException {
    try (Blobs blobs = open(local)) {
      Instant before = Instant.now().minus(Duration.ofMinutes(5));
      for (String name : List.of("x/b/2", "x/a/10", "x/b/1.json", "y/c", "x/__magic/z")) {
        assertThat(blobs.create(name, new byte[name.length()])).isTrue();
      }

      List<Blob> all = blobs.list("x", 4);

      assertThat(all)
          .extracting(Blob::name)
          .containsExactly("x/__magic/z", "x/a/10", "x/b/1.json", "x/b/2");
      assertThat(all).allMatch(blob -> blob.bytes() == blob.name().length());
      assertThat(all).allMatch(blob -> blob.createdAt().isAfter(before));
      assertThat(blobs.list("x/b", 9))
          .extracting(Blob::name)
          .containsExactly("x/b/1.json", "x/b/2");
      assertThat(blobs.list("nothing", 9)).isEmpty();
      assertThatIOException().isThrownBy(() -> blobs.list("x", 3)).withMessageContaining("3");
    }
  }

  @Test
  default void aListingShowsWhatStaysWhileOthersComeAndGo(@TempDir Path local) throws Exception {
    StoreLocation place = backend().freshStore(local);
    AtomicBoolean ended = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Blobs blobs = backend().open(place)) {
      blobs.create("x/stays/1", new byte[1]);
      List<Future<Integer>> churns = new ArrayList<>();
      for (String who : List.of("a", "b")) {
        churns.add(threads.submit(() -> comeAndGo(place, who, ended)));
      }
      try {
        for (int i = 0; i < 15; i++) {
          assertThat(blobs.list("x", 100)).extracting(Blob::name).contains("x/stays/1");
        }
      } finally {
        ended.set(true);
      }
      for (Future<Integer> churn : churns) {
        assertThat(churn.get()).isPositive();
      }
      assertThat(blobs.list("x", 100)).extracting(Blob::name).containsExactly("x/stays/1");
    } finally {
      threads.shutdownNow();
    }
  }

  private int comeAndGo(StoreLocation place, String who, AtomicBoolean ended) throws IOException {
    int gone = 0;
    try (Blobs blobs = backend().open(place)) {
      do {
        String name = "x/%s/%d".formatted(who, gone);
        assertThat(blobs.create(name, new byte[0])).isTrue();
        assertThat(blobs.delete(name)).isTrue();
        gone++;
      } while (!ended.get());
    }
    return gone;
  }

  @Test
  default void whatIsDeletedIsGone(@TempDir Path local) throws IOException {
    try (Blobs blobs = open(local)) {
      blobs.create("a/b/c", new byte[3]);

      assertThat(blobs.delete("a/b/c")).isTrue();
      assertThat(blobs.delete("a/b/c")).isFalse();
      assertThat(blobs.delete("a/b")).isFalse();

      assertThat(blobs.exists("a/b/c")).isFalse();
      assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> blobs.open("a/b/c"));
      assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> blobs.read("a/b/c", 9));
      assertThat(blobs.list("a", 9)).isEmpty();
      assertThat(blobs.create("a/b/c", new byte[1])).as("made anew").isTrue();
    }
  }

  @Test
  default void whatIsTooLongIsNotRead(@TempDir Path local) throws IOException {
    try (Blobs blobs = open(local)) {
      blobs.create("a", new byte[11]);

      assertThatIOException().isThrownBy(() -> blobs.read("a", 10)).withMessageContaining("11");
    }
  }

  @Test
  default void namesThatLeadElsewhereAreRefused(@TempDir Path local) throws IOException {
    try (Blobs blobs = open(local)) {
      for (String name :
          List.of("", ".", "..", "../x", "a/../b", "/a", "a//b", "a/", "a\nb", "ä")) {
        assertThatIllegalArgumentException().isThrownBy(() -> blobs.begin(name));
        assertThatIllegalArgumentException().isThrownBy(() -> blobs.open(name));
        assertThatIllegalArgumentException().isThrownBy(() -> blobs.list(name, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> blobs.delete(name));
      }
    }
  }
}
