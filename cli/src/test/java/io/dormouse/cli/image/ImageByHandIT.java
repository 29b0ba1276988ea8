package io.dormouse.cli.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.ProbeProgram;
import io.dormouse.checkpoint.engines.ToolFinder;
import io.dormouse.checkpoint.engines.ToolProvisioner;
import io.dormouse.cli.CliRunner;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real process with a TCP connection, dumped and restored by hand. */
@Timeout(300)
class ImageByHandIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final CliRunner cli = new CliRunner();
  private Path counter = Path.of("");
  private long pid;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "checkpointing needs root");
    Outcome<Path> criu =
        new ToolProvisioner(ToolFinder.cacheDirectory(System.getenv()))
            .provisionCriu(Duration.ofMinutes(4), System.out::println);
    assumeTrue(criu instanceof Outcome.Ok, () -> "no CRIU: " + criu);
    counter = folder.resolve("counter");
    Path code =
        Path.of(ProbeProgram.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    pid =
        new ProcessBuilder(
                "setsid",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-cp",
                code.toString(),
                ProbeProgram.class.getName(),
                counter.toString())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start()
            .pid();
    Awaitility.await().atMost(LIMIT).until(() -> count() > 0);
  }

  @AfterEach
  void end() {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void itGoesOnFromWhereItWasWithItsConnection() throws IOException {
    assertThat(run("dump", "--pid", Long.toString(pid), "--name", "probe", "--json"))
        .as(cli.err())
        .isZero();
    assertThat(cli.json().get("frozen_seconds").asDouble()).isPositive();
    Awaitility.await().atMost(LIMIT).until(() -> ProcessHandle.of(pid).isEmpty());
    long before = count();

    assertThat(run("restore", "--name", "probe", "--json")).as(cli.err()).isZero();

    Awaitility.await().atMost(LIMIT).until(() -> count() > before + 50);
  }

  @Test
  void aFileThatOthersWriteTooMustBeDeclared() throws IOException {
    try (RandomAccessFile other = new RandomAccessFile(counter.toFile(), "rw")) {
      assertThat(other.length()).isPositive();
      String number = Long.toString(pid);
      assertThat(run("dump", "--pid", number, "--name", "probe", "--json")).isEqualTo(1);
      assertThat(cli.err()).contains(counter.toString(), "--shared");
      long refused = count();
      Awaitility.await().atMost(LIMIT).until(() -> count() > refused);

      int dumped =
          run(
              "dump",
              "--pid",
              number,
              "--name",
              "probe",
              "--keep-running",
              "--tcp-close",
              "--shared",
              counter.toString());

      assertThat(dumped).as(cli.err()).isZero();
      long after = count();
      Awaitility.await().atMost(LIMIT).until(() -> count() > after);
    }
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("image"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--store", folder.resolve("store").toUri().toString()));
    return cli.run(all.toArray(String[]::new));
  }

  private long count() throws IOException {
    if (!Files.isRegularFile(counter) || Files.size(counter) < Long.BYTES) {
      return 0;
    }
    try (RandomAccessFile file = new RandomAccessFile(counter.toFile(), "r")) {
      return file.readLong();
    }
  }
}
