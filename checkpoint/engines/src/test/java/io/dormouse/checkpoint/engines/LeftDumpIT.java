package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.found;
import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.InstanceState.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while CRIU holds what it dumps; another goes on with the capsule. */
@Timeout(120)
class LeftDumpIT {
  private static Toolchain tools = new Toolchain(Path.of(""), "", Path.of(""), "");

  @TempDir Path directory;
  private final NativeSurvivor program = new NativeSurvivor();
  private CapsuleHome home;
  private Path image;

  /** Stopped, in the middle of it. */
  private List<Long> criu = List.of();

  @BeforeAll
  static void findTools() {
    tools = TestTools.toolchain();
  }

  @BeforeEach
  void killInTheMiddleOfADump() throws Exception {
    InstanceFiles.createPassable(directory);
    home = new CapsuleHome(tools, directory);
    Survivor.Launch launch = program.prepare(directory, home);
    home.start(launch.argv(), launch.readOnly());
    program.live(home);
    for (int tries = 0; criu.isEmpty(); tries++) {
      assertThat(tries).as("dumps that were too quick").isLessThan(10);
      image = Files.createDirectory(directory.resolve("image-" + tries));
      Process other = dumpElsewhere();
      Awaitility.await()
          .atMost(Home.LIMIT)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> isHeld() || !other.isAlive());
      List<Long> holding = tracers();
      Signals.stop(holding);
      other.destroyForcibly().waitFor();
      if (isHeld() && holding.equals(tracers())) {
        criu = holding;
      } else {
        Signals.resume(holding);
        ok(home.engine().thaw(home.id(), Home.LIMIT));
      }
    }
    assertThat(found(home.engine(), home.id()).status())
        .as("as it seems")
        .isEqualTo(Status.RUNNING);
  }

  @AfterEach
  void end() {
    Signals.kill(criu);
    home.close();
  }

  private Process dumpElsewhere() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            DumpCapsule.class.getName(),
            tools.criu().toString(),
            tools.criuVersion(),
            tools.runc().toString(),
            tools.runcVersion(),
            directory.resolve("node").toString(),
            home.id(),
            image.toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("other.log").toFile())
        .start();
  }

  private List<Long> members() {
    return CapsuleCgroup.freezer(home.id()).processes();
  }

  /** Whether CRIU has let their cgroup go and has them in its own hands. */
  private boolean isHeld() {
    return !tracers().isEmpty() && !CapsuleCgroup.freezer(home.id()).isFrozen();
  }

  private List<Long> tracers() {
    return members().stream()
        .flatMap(pid -> ProcFs.statusField(pid, "TracerPid:").stream())
        .map(Long::parseLong)
        .filter(pid -> pid > 0)
        .distinct()
        .toList();
  }

  /** Does it while the tools still hold all; lets them go on once they were told to give up. */
  private Outcome<Done> whileHeld(Supplier<Outcome<Done>> work) throws Exception {
    CompletableFuture<Outcome<Done>> outcome = CompletableFuture.supplyAsync(work);
    Awaitility.await()
        .atMost(Home.LIMIT)
        .until(() -> outcome.isDone() || !Files.exists(image.resolve(CriuFiles.DIRECTORY)));
    Signals.resume(criu);
    Outcome<Done> done = outcome.get(1, TimeUnit.MINUTES);
    Awaitility.await().atMost(Home.LIMIT).until(() -> criu.stream().noneMatch(ProcFs::isAlive));
    return done;
  }

  @Test
  void thawedItRunsOnUnharmed() throws Exception {
    ok(whileHeld(() -> home.engine().thaw(home.id(), Home.LIMIT)));

    long now = NativeSurvivor.steps(home);
    Awaitility.await().atMost(Home.LIMIT).until(() -> NativeSurvivor.steps(home) > now + 10);
    Path good = Files.createDirectory(directory.resolve("good"));
    home.hibernate(good);
    home.wake(good);
    program.prove(home);
  }

  @Test
  void frozenItIsTheFreezersAlone() throws Exception {
    ok(whileHeld(() -> home.engine().freeze(home.id(), Home.LIMIT)));

    assertThat(found(home.engine(), home.id()).status()).isEqualTo(Status.FROZEN);
    assertThat(image.resolve(CriuFiles.DIRECTORY)).doesNotExist();
    ok(home.engine().thaw(home.id(), Home.LIMIT));
    program.prove(home);
  }

  @Test
  void ofOneThatIsDeletedNoToolIsLeft() {
    ok(home.engine().delete(home.id(), Home.LIMIT));

    assertThat(criu).noneMatch(ProcFs::isAlive);
    assertThat(ProcFs.isArgument(image.resolve(CriuFiles.DIRECTORY).toString())).isFalse();
  }

  /** Whose death may harm what they held: it runs on, or is gone. */
  @Test
  void toolsThatDoNotGetOnAreKilled() {
    if (home.engine().thaw(home.id(), Home.LIMIT) instanceof Outcome.Failed<Done> failed) {
      assertThat(failed.failure()).isInstanceOf(EngineFailure.ProcessGone.class);
    }

    assertThat(criu).noneMatch(ProcFs::isAlive);
    assertThat(tracers()).isEmpty();
    assertThat(CapsuleCgroup.freezer(home.id()).isFrozen()).isFalse();
  }
}
