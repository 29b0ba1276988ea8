package io.dormouse.checkpoint.images.blobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadFilesTest {
  @TempDir private Path root;

  private DirectoryBlobs open() throws Exception {
    return new DirectoryBlobs(root);
  }

  private long uploads() throws Exception {
    try (Stream<Path> all = Files.list(root.resolve("uploads"))) {
      return all.count();
    }
  }

  @Test
  void aLivingWriterKeepsItsUpload() throws Exception {
    try (Upload upload = open().begin("a/blob")) {
      upload.write(1);

      assertThat(open().sweep(Instant.EPOCH)).isZero();
      assertThat(open().sweep(Instant.EPOCH)).isZero();
      upload.commit();
    }
    assertThat(open().exists("a/blob")).isTrue();
    assertThat(uploads()).isZero();
  }

  @Test
  void anUploadOfAnotherProcessGoesOnceThatDied() throws Exception {
    Process writer =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                root.toString())
            .start();
    try {
      assertThat(writer.getInputStream().read()).isEqualTo('!');
      assertThat(open().sweep(Instant.EPOCH)).as("while it lives").isZero();
      assertThat(uploads()).isEqualTo(1);
    } finally {
      writer.destroyForcibly();
      assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    assertThat(open().sweep(Instant.EPOCH)).as("after it died").isEqualTo(1);
    assertThat(uploads()).isZero();
  }

  @Test
  void whatWasNotWrittenToForLongGoes() throws Exception {
    Path old = open().root().resolve("uploads/half");
    Files.writeString(old, "half");

    assertThat(open().sweep(Instant.EPOCH)).isZero();
    assertThat(open().sweep(Instant.now().plusSeconds(1))).isEqualTo(1);
  }

  /** Begins a blob and is killed. */
  static final class Writer {
    public static void main(String[] arguments) throws Exception {
      Upload upload = new DirectoryBlobs(Path.of(arguments[0])).begin("a/blob");
      upload.write("half".getBytes(StandardCharsets.UTF_8));
      System.out.print('!');
      System.out.flush();
      Thread.currentThread().join();
    }
  }
}
