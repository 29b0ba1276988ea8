package io.dormouse.cli.up.run;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.dormouse.cli.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class PartsTest {
  private static final long GIB = 1L << 30;

  @TempDir Path folder;

  @Test
  void readsDurations() {
    DurationText text = new DurationText();
    assertThat(text.convert("90s")).isEqualTo(Duration.ofSeconds(90));
    assertThat(text.convert("3m")).isEqualTo(Duration.ofMinutes(3));
    assertThat(text.convert("1h")).isEqualTo(Duration.ofHours(1));
    assertThat(DurationText.of(Duration.ofSeconds(90))).isEqualTo("90s");
    assertThat(DurationText.of(Duration.ofMinutes(3))).isEqualTo("3m");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "m", "-3m", "0s", "1.5m", "3 m", "9999999s", "3d"})
  void refusesOtherTexts(String text) {
    assertThatThrownBy(() -> new DurationText().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("Maybe write it like 90s or 3m");
  }

  @Test
  void onlyOneHoldsTheLock() throws IOException {
    try (UpLock lock = UpLock.take(folder)) {
      lock.sign();
      assertThatThrownBy(() -> UpLock.take(folder))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid())
          .hasMessageContaining("on this machine")
          .hasMessageContaining("of user " + System.getProperty("user.name"))
          .hasMessageContaining("Maybe wait for its end");
    }
    UpLock.take(folder).close();
  }

  @Test
  void theLockIsForAllUsersAndFollowsNoLink() throws IOException {
    UpLock.take(folder).close();
    Path file = folder.resolve("dormouse-up.lock");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-rw-rw-");

    Files.delete(file);
    Path other = Files.writeString(folder.resolve("other"), "1");
    Files.createSymbolicLink(file, other);
    assertThatThrownBy(() -> UpLock.take(folder))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("dormouse-up.lock can't be used")
        .hasMessageContaining("Maybe ");

    Files.delete(file);
    Files.createLink(file, other);
    assertThatThrownBy(() -> UpLock.take(folder)).hasMessageContaining("another name");
    assertThat(other).hasContent("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "99999999999999999999", "no process id at all, and long", "\033[31m"})
  void whateverIsInTheLockItIsSaidThatAnotherRuns(String content) throws IOException {
    try (UpLock lock = UpLock.take(folder)) {
      lock.sign();
      Files.writeString(folder.resolve("dormouse-up.lock"), content);
      assertThatThrownBy(() -> UpLock.take(folder))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("on this machine.")
          .hasMessageContaining("Ctrl-C.");
    }
  }

  @Test
  void noticesAPortInUse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> Ports.requireFree(taken.getLocalPort(), "--port"))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("is in use")
          .hasMessageContaining("give another --port");
    }
    Ports.requireFree(Ports.free(), "--port");
  }

  @Test
  void othersMayPassTheWorkDirectoryButNotReadItsSecrets() throws IOException {
    WorkDirectory work = WorkDirectory.create(folder);
    Path token = work.token("agent.token");

    assertThat(permissions(work.root())).isEqualTo("rwxr-xr-x");
    assertThat(permissions(work.root().resolve("secrets"))).isEqualTo("rwx------");
    assertThat(permissions(token)).isEqualTo("rw-------");
    assertThat(Files.readString(token).strip()).matches("[0-9a-f]{64}");
  }

  @Test
  void deletesAllOfTheWorkDirectoryOrAllButLogs() throws IOException {
    WorkDirectory work = WorkDirectory.create(folder);
    Files.writeString(work.log("agent"), "words");
    Files.writeString(work.open("site").resolve("daemon.log"), "words");
    Files.writeString(work.open("images").resolve("pages.img"), "pages");
    Path outside = Files.writeString(folder.resolve("outside"), "stays");
    Files.createSymbolicLink(work.root().resolve("link"), outside);

    work.delete(true);
    assertThat(work.log("agent")).exists();
    assertThat(work.root().resolve("site/daemon.log")).exists();
    assertThat(work.root().resolve("images")).doesNotExist();
    assertThat(work.root().resolve("secrets")).doesNotExist();

    work.delete(false);
    assertThat(work.root()).doesNotExist();
    assertThat(outside).exists();
  }

  @Test
  void leftoversAreFoundByTheNameOfTheWorkDirectory() throws IOException {
    Path proc = folder.resolve("proc");
    Path cgroups = Files.createDirectories(folder.resolve("cgroup"));
    process(proc, "4000001", "java\0--config\0/var/tmp/dormouse-up-7/n1/agent.yaml\0");
    process(proc, "4000002", "java\0--config\0/var/tmp/dormouse-up-8/n1/agent.yaml\0");
    Files.createDirectories(proc.resolve("self"));
    Files.writeString(
        proc.resolve("self/mounts"), "overlay /var/tmp/dormouse-up-7/x overlay rw 0 0\n");
    Files.createDirectories(cgroups.resolve("freezer/dormouse"));
    Leftovers leftovers = new Leftovers(proc, cgroups);

    assertThat(leftovers.of(Path.of("/var/tmp/dormouse-up-7"), List.of()))
        .hasSize(3)
        .anyMatch(line -> line.startsWith("process 4000001: "))
        .anyMatch(line -> line.startsWith("mount: overlay"))
        .anyMatch(line -> line.startsWith("cgroup: "));
    assertThat(leftovers.of(Path.of("/var/tmp/dormouse-up-9"), leftovers.cgroups())).isEmpty();
  }

  @Test
  void aCapsuleIsFoundByWhatItHasMounted() throws IOException {
    Path proc = folder.resolve("proc");
    String host = "24 1 0:22 / / rw - overlay overlay rw\n";
    String capsule = host + "25 24 8:1 /var/tmp/dormouse-up-7/n1/layer /work rw - ext4 sda rw\n";
    process(proc, "4000001", "sleep\0" + "60\0");
    process(proc, "4000002", "sleep\0" + "60\0");
    Files.writeString(proc.resolve("4000001/mountinfo"), capsule);
    Files.writeString(proc.resolve("4000002/mountinfo"), host);
    Files.createDirectories(proc.resolve("self"));
    Files.writeString(proc.resolve("self/mountinfo"), host);

    assertThat(
            new Leftovers(proc, folder.resolve("none"))
                .of(Path.of("/var/tmp/dormouse-up-7"), List.of()))
        .singleElement(STRING)
        .startsWith("process 4000001: ");
  }

  @Test
  void cgroupsThatSomebodyLivesInAreNotLeftBehind() throws IOException {
    Path cgroups = folder.resolve("cgroup");
    Path living = Files.createDirectories(cgroups.resolve("freezer/dormouse/other-capsule"));
    Files.writeString(living.resolve("cgroup.procs"), "4711\n");
    Path left = Files.createDirectories(cgroups.resolve("freezer/dormouse/this-capsule"));
    Files.writeString(left.resolve("cgroup.procs"), "");

    assertThat(new Leftovers(folder.resolve("proc"), cgroups).cgroups())
        .containsExactly("cgroup: " + left);
  }

  @Test
  void nodesAreAsLargeAsTheMachineAllowsAndSnugForTheirWorkers() {
    assertThat(ClusterPlan.forMemory(24 * GIB).nodeBytes()).isEqualTo(3 * GIB);
    assertThat(ClusterPlan.forMemory(10 * GIB).nodeBytes()).isEqualTo(2 * GIB);
    assertThatThrownBy(() -> ClusterPlan.forMemory(6 * GIB))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("6144 MiB")
        .hasMessageContaining("Maybe ");
    ClusterPlan snug = ClusterPlan.forMemory(24 * GIB).snugFor(8);
    assertThat(snug.totalBytes()).isEqualTo(12 * GIB / 2);
    assertThat(snug.plainApplications(8)).isEqualTo(4);
  }

  @Test
  void everythingIsEndedLastFirstWhateverOneDoes() {
    List<String> ended = new java.util.concurrent.CopyOnWriteArrayList<>();
    Teardown teardown = new Teardown();
    teardown.add("first", 5, () -> ended.add("first"));
    teardown.add(
        "hanging",
        1,
        () -> {
          ended.add("hanging");
          new java.util.concurrent.CountDownLatch(1).await();
        });
    teardown.add(
        "failing",
        5,
        () -> {
          ended.add("failing");
          throw new IOException("no");
        });
    AutoCloseable early = teardown.add("early", 5, () -> ended.add("early"));

    assertThat(teardown.closeNow(early)).isEmpty();
    assertThat(teardown.closeAll())
        .containsExactly(
            "failing did not end well: java.io.IOException: no", "hanging did not end within 1 s.");
    assertThat(ended).containsExactly("early", "failing", "hanging", "first");
    assertThat(teardown.closeAll()).isEmpty();
  }

  @Test
  void anInterruptDoesNotKeepThingsFromBeingEnded() {
    List<String> ended = new java.util.concurrent.CopyOnWriteArrayList<>();
    Teardown teardown = new Teardown();
    teardown.add("one", 5, () -> ended.add("one"));
    Thread caller = Thread.currentThread();
    teardown.add(
        "slow",
        5,
        () -> {
          caller.interrupt();
          boolean unused = new java.util.concurrent.CountDownLatch(1).await(100, MILLISECONDS);
          ended.add("slow");
        });

    Thread.currentThread().interrupt();
    List<String> troubles = teardown.closeAll();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(troubles).isEmpty();
    assertThat(ended).containsExactly("slow", "one");
  }

  private static void process(Path proc, String pid, String commandLine) throws IOException {
    Files.createDirectories(proc.resolve(pid));
    Files.writeString(proc.resolve(pid).resolve("cmdline"), commandLine);
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
