package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.found;
import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real capsules that run before their pages are in, while what brings them is killed. */
@Timeout(120)
class LazyPagesIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final long NOBODY = 65534;
  private static final int MEBIBYTES = 300;

  /** In the server's log, once processes are restored and what they did not ask for comes too. */
  private static final Pattern IN_BACKGROUND =
      Pattern.compile("uffd_copy: 0x[0-9a-f]+/(?!4096\\b)");

  private static final int MANY_MEBIBYTES = Integer.getInteger("dormouse.lazy.mebibytes", 768);
  private static Toolchain tools;

  private Path directory;
  private CapsuleEngine engine;
  private Path image;

  /** What the worker said of all its bytes before it was dumped. */
  private String bytes = "";

  @BeforeAll
  static void findTools() {
    tools = TestTools.toolchain();
  }

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    directory = temporary;
    InstanceFiles.createPassable(directory);
    engine = ok(CapsuleEngine.open(directory.resolve("node"), tools, InstantSource.system()));
    assertThat(engine.abilities()).contains(Ability.LAZY);
  }

  private void dump(int mebibytes) throws IOException {
    InstanceState worker = start(mebibytes);
    try (Conversation talk = new Conversation(worker)) {
      assertThat(talk.hear()).isEqualTo("ready");
      bytes = last(talk.ask("all"));
    }
    image = Files.createDirectory(directory.resolve("image"));
    ok(engine.dump(worker.id(), image, DumpOptions.of(After.STOP)));
    ok(engine.delete(worker.id(), LIMIT));
  }

  @AfterEach
  void nothingIsLeft() {
    for (String id : ok(engine.ids())) {
      ok(engine.delete(id, LIMIT));
    }
    assertThat(processesThatName(directory)).isEmpty();
  }

  @Test
  void answersBeforeItsPagesAreIn() throws IOException {
    dump(MANY_MEBIBYTES);
    long start = System.nanoTime();
    InstanceState eager = ok(engine.restoreFrozen(request()));
    ok(engine.thaw(eager.id(), LIMIT));
    ask(eager, "few");
    long whole = System.nanoTime() - start;
    ok(engine.delete(eager.id(), LIMIT));

    InstanceState woken = answeringWhilePagesCome(whole);
    assertThat(ask(woken, "all")).isEqualTo(bytes);

    image = Files.createDirectory(directory.resolve("next"));
    ok(engine.dump(woken.id(), image, stop()));
    InstanceState next = ok(engine.restoreFrozen(request().lazily()));
    ok(engine.thaw(next.id(), LIMIT));
    assertThat(ask(next, "all")).isEqualTo(bytes);
  }

  /** On a busy machine the pages may be quicker than the answer: then anew. */
  private InstanceState answeringWhilePagesCome(long wholeNanos) throws IOException {
    for (int tries = 0; tries < 5; tries++) {
      long start = System.nanoTime();
      InstanceState woken = ok(engine.restoreFrozen(request().lazily()));
      assertThat(woken.status()).isEqualTo(Status.FROZEN);
      ok(engine.thaw(woken.id(), LIMIT));
      assertThat(ask(woken, "few")).isEqualTo("0");
      long runs = System.nanoTime() - start;
      Pages then = ok(engine.pages(woken.id()));
      awaitPages(woken, Pages.ALL_IN);
      System.out.printf(
          "%d MiB: whole restore and answer %d ms; lazily: answer after %d ms, all in after %d ms%n",
          MANY_MEBIBYTES,
          wholeNanos / 1_000_000,
          runs / 1_000_000,
          (System.nanoTime() - start) / 1_000_000);
      if (then == Pages.COMING) {
        return woken;
      }
      ok(engine.delete(woken.id(), LIMIT));
    }
    throw new AssertionError("all pages were there before the answer, five times");
  }

  @Test
  void losesNothingWhenTheServerDies() throws Exception {
    InstanceState woken = restoreWithServerStopped();
    ok(engine.thaw(woken.id(), LIMIT));
    signal("KILL", place(woken).resolve("server.pid"));

    assertThat(ask(woken, "all")).isEqualTo(bytes);

    awaitPages(woken, Pages.ALL_IN);
    assertThat(place(woken).resolve("completed")).exists();
    assertThat(Files.readString(place(woken).resolve("served"))).isEqualTo("137\n");
  }

  @Test
  void losesNothingWhenTheServerAndWhoeverWaitsForItDie() throws Exception {
    InstanceState woken = restoreWithServerStopped();
    signal("KILL", place(woken).resolve("server"));
    signal("KILL", place(woken).resolve("server.pid"));
    ok(engine.thaw(woken.id(), LIMIT));

    assertThat(ask(woken, "all")).isEqualTo(bytes);

    awaitPages(woken, Pages.ALL_IN);
    assertThat(place(woken).resolve("completed")).exists();
    assertThat(place(woken).resolve("served")).doesNotExist();
  }

  @Test
  void whileThereIsNoServerWhatIsMissingIsWaitedForAndNothingElse() throws Exception {
    InstanceState woken = restoreWithServerStopped();
    signal("STOP", place(woken).resolve("warden.pid"));
    signal("KILL", place(woken).resolve("server.pid"));
    ok(engine.thaw(woken.id(), LIMIT));
    try (Conversation talk = new Conversation(woken)) {
      talk.say("all");
      assertThat(engine.dump(woken.id(), Files.createDirectory(directory.resolve("no")), stop()))
          .asString()
          .contains("WrongState", "still without some of its pages");
      Awaitility.await()
          .during(Duration.ofMillis(500))
          .until(() -> ok(engine.pages(woken.id())) == Pages.COMING);
      signal("CONT", place(woken).resolve("warden.pid"));

      assertThat(last(talk.hear())).isEqualTo(bytes);
    }
    awaitPages(woken, Pages.ALL_IN);
  }

  @Test
  void theServerFinishesWithoutItsWarden() throws Exception {
    InstanceState woken = restoreWithServerStopped();
    signal("KILL", place(woken).resolve("warden.pid"));
    signal("CONT", place(woken).resolve("server.pid"));
    ok(engine.thaw(woken.id(), LIMIT));

    assertThat(ask(woken, "all")).isEqualTo(bytes);
    awaitPages(woken, Pages.ALL_IN);
  }

  @Test
  void whatCanNotBeCompletedEndsBeforeItReadsZeros() throws Exception {
    InstanceState woken = restoreWithServerStopped();
    ok(engine.thaw(woken.id(), LIMIT));
    signal("STOP", place(woken).resolve("warden.pid"));
    signal("KILL", place(woken).resolve("server.pid"));
    Path pages = image.resolve("criu/pages-1.img");
    try (RandomAccessFile file = new RandomAccessFile(pages.toFile(), "rw")) {
      file.setLength(file.length() / 2 / 4096 * 4096);
    }
    try (Conversation talk = new Conversation(woken)) {
      talk.say("all");
      signal("CONT", place(woken).resolve("warden.pid"));
      awaitPages(woken, Pages.LOST);
      Awaitility.await()
          .atMost(LIMIT)
          .until(() -> found(engine, woken.id()).status() == Status.EXITED);
    }
    assertThat(found(engine, woken.id()).exitStatus()).hasValue(137);
    assertThat(Files.readString(place(woken).resolve("lost"))).contains("the image ends early");
  }

  @Test
  void whatCanNotBeCompletedIsToldBeforeItIsLetGo() throws Exception {
    InstanceState woken = restoreWithServerStopped();
    Files.writeString(
        place(woken).resolve("server.log"), "uffd: 1: REMAP: \n", StandardOpenOption.APPEND);
    signal("KILL", place(woken).resolve("server.pid"));

    // It may be frozen, and then it can't die by itself.
    awaitPages(woken, Pages.LOST);

    ok(engine.kill(woken.id(), LIMIT));
    assertThat(found(engine, woken.id()).exitStatus()).hasValue(137);
    assertThat(Files.readString(place(woken).resolve("lost"))).contains("REMAP");
  }

  /** In the first version of cgroups; whoever waits for a page can't be frozen. */
  @Test
  void whatIsOnItsWayToStandStillCanBeKilled() throws Exception {
    InstanceState woken = restoreWithServerStopped();
    ok(engine.thaw(woken.id(), LIMIT));
    Path freezer = CapsuleCgroup.freezer(woken.id()).directory().resolve("freezer.state");
    assumeTrue(Files.exists(freezer), "cgroups here are of the second version");
    try (Conversation talk = new Conversation(woken)) {
      talk.say("all");
      Awaitility.await()
          .atMost(LIMIT)
          .until(
              () -> {
                Files.writeString(freezer, "THAWED");
                Files.writeString(freezer, "FROZEN");
                return Files.readString(freezer).strip().equals("FREEZING")
                    && !Waiting.until(
                        () -> CapsuleCgroup.freezer(woken.id()).isFrozen(), Duration.ofSeconds(1));
              });

      ok(engine.kill(woken.id(), LIMIT));
    }
    assertThat(found(engine, woken.id()).exitStatus()).hasValue(137);
  }

  @Test
  void withNeitherServerNorWardenItsPagesAreLost() throws Exception {
    InstanceState woken = restoreWithServerStopped();
    for (String file : List.of("warden.pid", "server", "server.pid")) {
      signal("KILL", place(woken).resolve(file));
    }

    awaitPages(woken, Pages.LOST);
    assertThat(found(engine, woken.id()).status()).isEqualTo(Status.FROZEN);
  }

  @Test
  void ofATruncatedImageNothingIsLeftRunning() throws IOException {
    dump(MEBIBYTES);
    Path pages = image.resolve("criu/pages-1.img");
    try (RandomAccessFile file = new RandomAccessFile(pages.toFile(), "rw")) {
      file.setLength(file.length() / 2 / 4096 * 4096);
    }

    Outcome<InstanceState> outcome = engine.restoreFrozen(request().lazily());

    if (outcome instanceof Outcome.Ok<InstanceState> restored) {
      InstanceState woken = restored.value();
      Outcome<Done> thawed = engine.thaw(woken.id(), LIMIT);
      System.out.println("thaw of what lacks half its pages: " + thawed);
      awaitPages(woken, Pages.LOST);
      Awaitility.await()
          .atMost(LIMIT)
          .until(() -> found(engine, woken.id()).status() == Status.EXITED);
    } else {
      assertThat(ok(engine.ids())).isEmpty();
    }
  }

  private static DumpOptions stop() {
    return DumpOptions.of(After.STOP);
  }

  /** Restores; the server stands still when it has begun to bring what nobody asked for yet. */
  private InstanceState restoreWithServerStopped() throws Exception {
    dump(MEBIBYTES);
    for (int tries = 0; tries < 10; tries++) {
      CompletableFuture<InstanceState> restored =
          CompletableFuture.supplyAsync(() -> ok(engine.restoreFrozen(request().lazily())));
      Awaitility.await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> serverLog().map(log -> IN_BACKGROUND.matcher(log).find()).orElse(false));
      boolean stopped = kill("STOP", find("server.pid").orElseThrow());
      InstanceState woken = restored.get(30, TimeUnit.SECONDS);
      if (stopped && ok(engine.pages(woken.id())) == Pages.COMING) {
        return woken;
      }
      // On a busy machine it may be done before it can be stopped.
      ok(engine.delete(woken.id(), LIMIT));
    }
    throw new AssertionError("the server was too quick ten times");
  }

  private Optional<String> serverLog() throws IOException {
    Optional<Path> log = find("server.log");
    return log.isPresent() ? Optional.of(Files.readString(log.get())) : Optional.empty();
  }

  private Optional<Path> find(String name) throws IOException {
    try (Stream<Path> all = Files.walk(directory.resolve("node"), 4)) {
      return all.filter(path -> path.endsWith(Path.of("pages", name))).findFirst();
    } catch (UncheckedIOException e) {
      // It changes while it is looked at.
      return Optional.empty();
    }
  }

  private static String ask(InstanceState worker, String line) throws IOException {
    try (Conversation talk = new Conversation(worker)) {
      return last(talk.ask(line));
    }
  }

  private static String last(String answer) {
    return answer.substring(answer.lastIndexOf(' ') + 1);
  }

  private void awaitPages(InstanceState woken, Pages pages) {
    Awaitility.await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> ok(engine.pages(woken.id())) == pages);
  }

  private static Path place(InstanceState woken) {
    return woken.directory().resolve("pages");
  }

  private static void signal(String name, Path file) throws IOException {
    assertThat(kill(name, file)).isTrue();
  }

  private static boolean kill(String name, Path file) throws IOException {
    String pid = Files.readString(file).strip();
    var kill =
        new ToolRunner.Call("kill", List.of("kill", "-" + name, pid), Map.of(), file.getParent());
    return ok(ToolRunner.run(kill, LIMIT)).exitStatus() == 0;
  }

  private static Set<String> processesThatName(Path directory) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .flatMap(process -> process.info().commandLine().stream())
        .filter(line -> line.contains(directory.toString()))
        .collect(Collectors.toSet());
  }

  private InstanceState start(int mebibytes) {
    Path classes =
        Path.of(Worker.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    Path java = Path.of(System.getProperty("java.home"));
    List<String> argv =
        List.of(
            java + "/bin/java",
            "-XX:+UseSerialGC",
            "-Xmx" + (mebibytes + 100) + "m",
            "-cp",
            classes.toString(),
            Worker.class.getName(),
            Integer.toString(mebibytes));
    var spec =
        new InstanceSpec(
            "lazy-worker",
            UUID.randomUUID(),
            NOBODY,
            NOBODY,
            argv,
            Map.of("PATH", "/usr/bin:/bin"),
            OptionalLong.empty(),
            List.of(classes, java));
    return ok(engine.start(spec, LIMIT));
  }

  private RestoreRequest request() {
    return new RestoreRequest(
        "lazy-worker", UUID.randomUUID(), NOBODY, OptionalLong.empty(), image, LIMIT);
  }
}
