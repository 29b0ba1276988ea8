package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Threads, a child, pipes, memory of all kinds, files, a lock and a timer: see survivor.c. */
final class NativeSurvivor implements Survivor {
  private final List<String> manner;
  private long before;

  NativeSurvivor() {
    this.manner = List.of();
  }

  /** {@code manner}: see survivor.c. */
  NativeSurvivor(String manner) {
    this.manner = manner.isEmpty() ? List.of() : List.of(manner);
  }

  @Override
  public Launch prepare(Path directory, Home home) throws IOException {
    Path programs = InstanceFiles.createPassable(directory.resolve("programs"));
    Path program = TestPrograms.compiled("survivor.c", programs);
    List<String> argv = new ArrayList<>(List.of(program.toString(), home.inside()));
    argv.addAll(manner);
    return new Launch(argv, List.of(programs));
  }

  @Override
  public void live(Home home) {
    Awaitility.await().atMost(Home.LIMIT).until(() -> steps(home) > 100);
    before = steps(home);
  }

  @Override
  public void prove(Home home) throws IOException {
    Path verdict = home.work().resolve("verdict");
    Awaitility.await()
        .atMost(Home.LIMIT)
        .until(() -> steps(home) > before + 100 || Files.exists(verdict));
    try (FileChannel counter =
        FileChannel.open(home.work().resolve("counter"), StandardOpenOption.WRITE)) {
      assertThat(counter.tryLock(0, 1, false)).as("the program's lock").isNull();
    }
    Files.createFile(home.work().resolve("stop"));
    Awaitility.await().atMost(Home.LIMIT).until(() -> Files.exists(verdict));
    assertThat(Files.readString(verdict)).isEqualTo("ok %d%n".formatted(steps(home)));
  }

  static long steps(Home home) {
    Path log = home.work().resolve("log");
    try (Stream<String> lines = Files.lines(log)) {
      return lines.count();
    } catch (IOException e) {
      // Not there yet.
      return 0;
    }
  }
}
