package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.DmtcpAnswers.Client;
import io.dormouse.checkpoint.engines.DmtcpAnswers.Phase;
import io.dormouse.checkpoint.engines.DmtcpTaps.Source;
import io.dormouse.checkpoint.engines.ToolRunner.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One dump of an instance under DMTCP. All its processes write into FIFOs that nobody reads yet; so
 * none of them is done, and the coordinator can be stopped before it lets them go on. What holds
 * them then is that it does not answer. Then they are read.
 */
final class DmtcpDump {
  private static final Duration SETTLE_MAX = Duration.ofSeconds(30);

  private final DmtcpLife life;
  private final Path image;
  private final DumpOptions options;
  private final InstantSource clock;
  private final long startNanos = System.nanoTime();
  private Instant stoppedAt = Instant.EPOCH;
  private long stoppedNanos;

  DmtcpDump(DmtcpLife life, Path image, DumpOptions options, InstantSource clock) {
    this.life = life;
    this.image = image;
    this.options = options;
    this.clock = clock;
  }

  /** Writes the image; held after success, running after failure. */
  Outcome<DumpReport> run() {
    return awaitConnected()
        .then(done -> empty())
        .then(done -> life.command().clients())
        .then(
            clients -> {
              List<Long> pids = clients.stream().map(Client::pid).toList();
              Optional<EngineFailure> refusal =
                  DmtcpChecks.sharedMemory(life.spec().id(), pids).or(() -> gpu(pids));
              if (refusal.isPresent()) {
                return Outcome.failed(refusal.get());
              }
              try (DmtcpTaps taps = new DmtcpTaps(life.spec(), life.home().checkpoints())) {
                return taps.prepare(clients, left())
                    .then(
                        done ->
                            life.command()
                                .checkpoint()
                                .then(asked -> held(taps))
                                .orUndo(failure -> letGo(taps)));
              }
            });
  }

  private Outcome<DumpReport> held(DmtcpTaps taps) {
    stoppedNanos = System.nanoTime();
    return awaitBegun(taps)
        .then(begun -> life.processes().stopCoordinator(left()).then(done -> Outcome.ok(begun)))
        .then(
            begun -> {
              stoppedAt = clock.instant();
              return write(begun);
            });
  }

  private Duration left() {
    long left = options.timeout().toNanos() - (System.nanoTime() - startNanos);
    return Duration.ofNanos(Math.max(1_000_000, left));
  }

  private EngineFailure timedOut(String what) {
    return new EngineFailure.TimedOut(what, options.timeout(), "it is not as far as that");
  }

  // A program that has just been started, or a process of its, may not be known yet.
  private Outcome<Done> awaitConnected() {
    boolean known = Waiting.until(() -> !life.processes().live() || isKnown(), left());
    if (!life.processes().live()) {
      return Outcome.failed(new EngineFailure.ProcessGone(life.spec().id()));
    }
    return known
        ? life.command().awaitRunning(left(), life.processes()::live)
        : Outcome.failed(timedOut("the start under DMTCP"));
  }

  private boolean isKnown() {
    return life.command().clients() instanceof Outcome.Ok<List<Client>> ok
        && isComplete(ok.value());
  }

  private boolean isComplete(List<Client> clients) {
    return isThere(clients, life.processes().instance().orElse(0))
        && isThere(clients, life.processes().latch().orElse(0));
  }

  private static boolean isThere(List<Client> clients, long pid) {
    return clients.stream().anyMatch(client -> client.pid() == pid);
  }

  private Outcome<Done> empty() {
    String directory = life.home().checkpoints().toString();
    return run(
        "find",
        OwnerRights.tool(life.spec(), List.of("find", directory, "-mindepth", "1", "-delete")));
  }

  private Outcome<Done> run(String tool, List<String> argv) {
    return ToolRunner.run(new Call(tool, argv, Map.of(), Path.of("/")), left())
        .then(
            result ->
                result.exitStatus() == 0
                    ? Outcome.ok(new Done(result.took()))
                    : Outcome.failed(
                        DmtcpAnswers.failure(tool, result.exitStatus(), result.output(), image)));
  }

  /** All that write an image have begun: then these are all, and none can end it. */
  private Outcome<List<Source>> awaitBegun(DmtcpTaps taps) {
    Duration limit = left();
    long start = System.nanoTime();
    while (System.nanoTime() - start < limit.toNanos() && !Thread.currentThread().isInterrupted()) {
      if (!life.processes().live()) {
        return Outcome.failed(new EngineFailure.ProcessGone(life.spec().id()));
      }
      Outcome<Optional<List<Source>>> begun =
          life.command()
              .clients()
              .then(
                  clients ->
                      allStopped(clients) ? taps.begun(clients) : Outcome.ok(Optional.empty()));
      if (begun instanceof Outcome.Ok<Optional<List<Source>>> ok && ok.value().isPresent()) {
        return Outcome.ok(ok.value().get());
      }
      Waiting.until(() -> false, Duration.ofMillis(1));
    }
    return Outcome.failed(timedOut("DMTCP's stop of " + life.spec().id()));
  }

  private boolean allStopped(List<Client> clients) {
    return isComplete(clients)
        && clients.stream().allMatch(client -> client.phase() == Phase.STOPPED);
  }

  private Outcome<DumpReport> write(List<Source> sources) {
    List<String> names = sources.stream().map(source -> source.tap().imageName()).toList();
    if (names.size() > DmtcpRecord.IMAGES_MAX
        || !names.stream().allMatch(DmtcpRecord::isImageName)) {
      return Outcome.failed(
          new EngineFailure.Unsupported(
              "Dumping processes of these names or that many: " + names, "name them otherwise."));
    }
    long memoryBytes = 0;
    try {
      Files.createDirectory(image.resolve(DmtcpRecord.DIRECTORY), Private.DIRECTORY);
      for (int i = 0; i < sources.size(); i++) {
        Outcome<DmtcpAreas.Sizes> read = read(sources.get(i).tap(), i);
        if (read instanceof Outcome.Failed<DmtcpAreas.Sizes> failed) {
          return Outcome.failed(failed.failure());
        }
        memoryBytes += ((Outcome.Ok<DmtcpAreas.Sizes>) read).value().pageBytes();
      }
      return record(names, latchIn(sources), memoryBytes);
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("write the image " + image, e));
    }
  }

  private int latchIn(List<Source> sources) {
    long latch = life.processes().latch().orElse(0);
    return (int) sources.stream().takeWhile(source -> source.client().pid() != latch).count();
  }

  private Outcome<DmtcpAreas.Sizes> read(DmtcpTap tap, int number) {
    try (DmtcpWatch watch = DmtcpWatch.over(tap, left(), life.processes()::live)) {
      return watch.explain(
          tap.read(DmtcpRecord.heads(image, number), DmtcpRecord.pages(image, number)));
    }
  }

  private Outcome<DumpReport> record(List<String> names, int latch, long memoryBytes)
      throws IOException {
    if (latch == names.size()) {
      return Outcome.failed(new EngineFailure.ProcessGone("the latch of " + life.spec().id()));
    }
    new DmtcpRecord(
            DmtcpRecord.FORMAT_VERSION,
            life.dmtcpVersion(),
            life.home().directory().toString(),
            names,
            latch)
        .write(image);
    SpecJson.write(Files.createFile(image.resolve(DmtcpRecord.SPEC), Private.FILE), life.spec());
    return packSideFiles()
        .then(
            done ->
                Layer.pack(life.home().files().layer(), image.resolve(DmtcpRecord.LAYER), left()))
        .then(done -> report(memoryBytes));
  }

  private Outcome<Done> packSideFiles() {
    Path archive = image.resolve(DmtcpRecord.SIDE_FILES);
    List<String> argv =
        OwnerRights.tool(
            life.spec(),
            List.of(
                "tar",
                "--create",
                "--directory",
                life.home().checkpoints().toString(),
                "--exclude=*.dmtcp*",
                "--exclude=dmtcp_restart_script*",
                "--numeric-owner",
                "--sparse",
                "--format=posix",
                "."));
    List<String> intoArchive =
        new ArrayList<>(
            List.of("/bin/sh", "-c", "umask 077; exec \"$@\" >\"$0\"", archive.toString()));
    intoArchive.addAll(argv);
    return run("tar", intoArchive);
  }

  private Optional<EngineFailure> gpu(List<Long> pids) {
    return GpuUse.savable(life.spec().id(), pids, () -> GpuUse.NO_PLUGIN)
            instanceof Outcome.Failed<Boolean> failed
        ? Optional.of(failed.failure())
        : Optional.empty();
  }

  private Outcome<DumpReport> report(long memoryBytes) {
    try {
      long now = System.nanoTime();
      return Outcome.ok(
          new DumpReport(
              stoppedAt,
              Duration.ofNanos(now - stoppedNanos),
              Duration.ofNanos(now - startNanos),
              memoryBytes,
              CriuOptions.bytes(image)));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("write the image " + image, e));
    }
  }

  // What is not read goes nowhere; the processes get to the end of their images and go on.
  private Outcome<Done> letGo(DmtcpTaps taps) {
    taps.abandon();
    return life.processes()
        .resumeCoordinator()
        .then(done -> life.command().awaitRunning(SETTLE_MAX, life.processes()::live))
        .orUndo(
            failure -> {
              taps.leaveReaders();
              return null;
            });
  }
}
