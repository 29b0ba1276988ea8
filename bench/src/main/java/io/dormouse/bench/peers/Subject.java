package io.dormouse.bench.peers;

import java.io.IOException;
import java.io.InputStream;
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
public final class Subject implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Process process;
  private final Path said;
  private int changes;

  private Subject(Process process, Path said) {
    this.process = process;
    this.said = said;
  }

  /** Writes its program into a directory; where it is. */
  public static Path install(Path directory) throws IOException {
    Path script = directory.resolve("subject.pl");
    try (InputStream source = Subject.class.getResourceAsStream("subject.pl")) {
      Files.copy(Objects.requireNonNull(source, "subject.pl"), script);
    }
    return script;
  }

  /** Starts one and waits until its memory is filled. */
  public static Subject start(Path directory, long memoryBytes) throws IOException {
    Path script = install(directory);
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

  public long pid() {
    return process.pid();
  }

  /** Has it change a twentieth of its pages, drawn at random. */
  public void changeSome() throws IOException {
    Tools.run(Duration.ofSeconds(10), List.of("kill", "-USR1", "" + pid()));
    await(++changes);
  }

  private void await(int count) throws IOException {
    Waiting.until(
        "the process to dump",
        PATIENCE,
        () -> {
          if (!process.isAlive()) {
            throw new IOException(
                "The process to dump ended.%nMaybe the machine has too little memory for it: try --memory-mib."
                    .formatted());
          }
          return Files.exists(said) && Files.readString(said).equals("" + count);
        });
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
