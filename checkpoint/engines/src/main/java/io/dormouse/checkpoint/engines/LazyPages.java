package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Has restored processes run before their pages are in: CRIU's server puts in what they touch at
 * once, and the rest one after the other. Beside it a warden holds duplicates of its descriptors:
 * without them the kernel would fill what is missing with zeros, and tell nobody, if the server
 * dies. Neither depends on this process.
 */
final class LazyPages {
  /** In a line of CRIU's configuration, and as its option. */
  static final String OPTION = "lazy-pages";

  private static final String WARDEN = "page-warden.pl";
  private static final String SOCKET = "lazy-pages.socket";
  private static final String SERVER = "server";
  private static final String LOST = "lost";
  private static final String WARDEN_PID = "warden.pid";
  private static final Duration PROBE = Duration.ofSeconds(10);
  private static final Duration KILL_WAIT = Duration.ofSeconds(5);

  // Its log tells the warden which descriptor is for which process.
  private static final String SERVE =
      """
      d=$1; shift
      echo $$ >"$d/server"
      "$@" </dev/null >"$d/server.out" 2>&1 &
      echo $! >"$d/.server.pid"; mv "$d/.server.pid" "$d/server.pid"
      wait $!
      echo $? >"$d/.served"; mv "$d/.served" "$d/served"
      """;

  private final Path criu;
  private final Path programs;
  private final Path warden;

  /** Installs the warden into a directory. */
  LazyPages(Path criu, Path programs) throws IOException {
    this.criu = criu;
    this.programs = programs;
    this.warden = install(programs);
  }

  private static Path install(Path programs) throws IOException {
    Files.createDirectories(programs);
    Path temporary = programs.resolve("." + WARDEN + "." + UUID.randomUUID());
    try (InputStream script = LazyPages.class.getResourceAsStream(WARDEN)) {
      if (script == null) {
        throw new IOException("the resource %s is missing".formatted(WARDEN));
      }
      Files.copy(script, temporary);
    }
    Path installed = programs.resolve(WARDEN);
    return Files.move(temporary, installed, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Whether this kernel and these tools can do it. */
  Outcome<Done> probe() {
    return probe("criu", criu.toString(), "check", "--feature", "uffd-noncoop")
        .then(done -> probe("perl", "perl", warden.toString(), "--probe"));
  }

  private Outcome<Done> probe(String name, String... argv) {
    var call = new ToolRunner.Call(name, List.of(argv), Map.of(), programs);
    return ToolRunner.run(call, PROBE)
        .then(
            result ->
                result.exitStatus() == 0
                    ? Outcome.ok(new Done(result.took()))
                    : Outcome.failed(
                        new EngineFailure.ToolFailed(
                            name, result.exitStatus(), result.output().strip())));
  }

  /**
   * Starts a server for the restore that follows, and its warden. Both take a moment: see {@link
   * #awaitServer}.
   */
  Outcome<Done> start(InstanceFiles files, Path images, CgroupFreezer freezer) {
    Path place = files.pages();
    try {
      Files.createDirectory(place, Private.DIRECTORY);
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("make " + place, e));
    }
    List<String> argv =
        List.of(
            "setsid",
            "--fork",
            "/bin/sh",
            "-c",
            SERVE,
            "sh",
            place.toString(),
            criu.toString(),
            OPTION,
            "--images-dir",
            images.toString(),
            "--work-dir",
            files.toolWork().toString(),
            "-v4",
            "--log-file",
            place.resolve("server.log").toString());
    return run("criu lazy-pages", argv, files)
        .then(done -> startWarden(files, images, freezer))
        .then(result -> Outcome.ok(new Done(result.took())));
  }

  private Outcome<ToolRunner.Result> startWarden(
      InstanceFiles files, Path images, CgroupFreezer freezer) {
    Path place = files.pages();
    if (!Waiting.until(() -> Presence.exists(place.resolve("server.pid")), PROBE)) {
      return Outcome.failed(new EngineFailure.TimedOut("criu lazy-pages", PROBE, excerpt(place)));
    }
    List<String> argv =
        List.of(
            "setsid",
            "--fork",
            "/bin/sh",
            "-c",
            "f=$1; shift; exec \"$@\" </dev/null >>\"$f\" 2>&1",
            "sh",
            place.resolve("warden.out").toString(),
            "perl",
            warden.toString(),
            place.toString(),
            images.toString(),
            freezer.directory().toString());
    return run("the warden of pages", argv, files);
  }

  /** Returns once processes can be restored. */
  static Outcome<Done> awaitServer(InstanceFiles files, Duration timeout) {
    Path socket = files.toolWork().resolve(SOCKET);
    return await("criu lazy-pages", files, () -> Presence.exists(socket), timeout);
  }

  /** Returns once all is held that restored processes need: from then on they may run. */
  static Outcome<Done> awaitHeld(InstanceFiles files, Duration timeout) {
    Path place = files.pages();
    return await(
        "the warden of pages",
        files,
        () -> isAllIn(place) || Presence.exists(place.resolve("held")),
        timeout);
  }

  private static Outcome<ToolRunner.Result> run(
      String name, List<String> argv, InstanceFiles files) {
    return ToolRunner.run(
        new ToolRunner.Call(name, argv, Map.of(), files.directory()), Duration.ofSeconds(10));
  }

  private static Outcome<Done> await(
      String name, InstanceFiles files, BooleanSupplier condition, Duration timeout) {
    long start = System.nanoTime();
    Path place = files.pages();
    Waiting.until(() -> condition.getAsBoolean() || isOver(place), timeout);
    if (condition.getAsBoolean() && !Presence.exists(place.resolve(LOST))) {
      return Outcome.ok(new Done(Duration.ofNanos(System.nanoTime() - start)));
    }
    return Outcome.failed(
        isOver(place)
            ? new EngineFailure.ToolFailed(name, -1, excerpt(place))
            : new EngineFailure.TimedOut(name, timeout, excerpt(place)));
  }

  private static String excerpt(Path place) {
    return (LogExcerpt.of(place.resolve("server.log"))
            + "\n"
            + LogExcerpt.tail(place.resolve("server.out"))
            + "\n"
            + LogExcerpt.tail(place.resolve("warden.out")))
        .strip();
  }

  private static boolean isOver(Path place) {
    return Presence.exists(place.resolve("served")) || Presence.exists(place.resolve(LOST));
  }

  /** How it stands with an instance's pages, whoever started it. */
  static Pages of(InstanceFiles files) {
    Path place = files.pages();
    if (!Presence.exists(place)) {
      return Pages.ALL_IN;
    }
    Pages said = said(place);
    if (said == Pages.COMING && !leads(place, WARDEN_PID) && !leads(place, SERVER)) {
      // It may have ended, and said how, just now.
      said = said(place);
      return said == Pages.COMING ? Pages.LOST : said;
    }
    return said;
  }

  private static Pages said(Path place) {
    if (isAllIn(place)) {
      return Pages.ALL_IN;
    }
    return Presence.exists(place.resolve(LOST)) ? Pages.LOST : Pages.COMING;
  }

  private static boolean isAllIn(Path place) {
    return Presence.exists(place.resolve("completed"))
        || Presence.read(place.resolve("served")).map(s -> s.strip().equals("0")).orElse(false);
  }

  /** Ends server and warden. Only once nothing of the instance runs. */
  static void end(InstanceFiles files) {
    Path place = files.pages();
    List<Long> sessions =
        Stream.of(WARDEN_PID, SERVER)
            .filter(file -> leads(place, file))
            .map(file -> pid(place, file).getAsLong())
            .toList();
    // A leader may be gone before those that it started.
    Signals.killAll(
        () ->
            sessions.stream()
                .flatMap(session -> ProcFs.session(session).stream())
                .collect(Collectors.toSet()),
        KILL_WAIT);
  }

  // Its pid is its session's, which tells it from a stranger that got the number later.
  private static boolean leads(Path place, String file) {
    OptionalLong pid = pid(place, file);
    return pid.isPresent()
        && ProcFs.stat(pid.getAsLong())
            .filter(stat -> stat.session() == pid.getAsLong() && !stat.isZombie())
            .isPresent();
  }

  private static OptionalLong pid(Path place, String file) {
    return InstanceFiles.number(place.resolve(file));
  }
}
