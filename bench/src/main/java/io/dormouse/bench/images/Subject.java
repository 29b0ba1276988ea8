package io.dormouse.bench.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A process of much memory, half of which compresses, outside of any terminal or pipe. Ends when it
 * is closed.
 */
final class Subject implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration POLL = Duration.ofMillis(20);

  private final Process process;
  private final Path said;
  private int changes;

  private Subject(Process process, Path said) {
    this.process = process;
    this.said = said;
  }

  /** Starts one and waits until its memory is filled. */
  static Subject start(Path directory, long memoryBytes) throws IOException {
    Path script = directory.resolve("subject.pl");
    try (InputStream source = Subject.class.getResourceAsStream("subject.pl")) {
      Files.copy(Objects.requireNonNull(source, "subject.pl"), script);
    }
    Path said = directory.resolve("said");
    Process process =
        new ProcessBuilder("setsid", "perl", script.toString(), "" + memoryBytes, said.toString())
            .directory(directory.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(Path.of("/dev/null").toFile())
            .start();
    Subject subject = new Subject(process, said);
    try {
      subject.await(0);
      return subject;
    } catch (IOException | RuntimeException e) {
      subject.close();
      throw e;
    }
  }

  long pid() {
    return process.pid();
  }

  /** Has it change a twentieth of its pages, drawn at random. */
  void changeSome() throws IOException {
    Tools.run(Duration.ofSeconds(10), List.of("kill", "-USR1", "" + pid()));
    await(++changes);
  }

  private void await(int count) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(said) || !Files.readString(said).equals("" + count)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException(
            "The process to dump ended or hung.%nMaybe the machine has too little memory for it: try --memory-mib."
                .formatted());
      }
      try {
        Thread.sleep(POLL.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("interrupted").initCause(e);
      }
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("A killed process must end.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
