package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.images.Trees;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/** The probe's trials: something small is dumped, restored, and must go on. */
final class RoundTrips {
  private static final long NOBODY = 65534;
  private static final String INSTANCE = "probe";

  private RoundTrips() {}

  /** A bare process with TCP sockets. */
  static Outcome<String> process(Path criu, Duration timeout, InstantSource clock) {
    return inTemporaryDirectory(
        directory -> {
          Path counter = directory.resolve("counter");
          List<String> argv = new java.util.ArrayList<>(List.of("setsid"));
          argv.addAll(java(counter.toString()));
          Process process =
              new ProcessBuilder(argv)
                  .redirectErrorStream(true)
                  .redirectInput(Path.of("/dev/null").toFile())
                  .redirectOutput(Path.of("/dev/null").toFile())
                  .start();
          try {
            return processRoundTrip(
                new ProcessTreeEngine(criu, clock), process.pid(), directory, timeout);
          } finally {
            ProcessTree.kill(process.pid(), timeout);
          }
        });
  }

  private static Outcome<String> processRoundTrip(
      ProcessTreeEngine engine, long pid, Path directory, Duration timeout) throws IOException {
    Path counter = directory.resolve("counter");
    Path image = Files.createDirectory(directory.resolve("image"));
    if (!Waiting.until(() -> count(counter) > 0, timeout)) {
      return Outcome.failed(
          new EngineFailure.TimedOut("starting the probe's process", timeout, "it did not count"));
    }
    return engine
        .dump(pid, image, new DumpOptions(After.STOP, timeout))
        .then(dumped -> engine.restore(image, timeout))
        .then(
            restored -> {
              long before = count(counter);
              return Waiting.until(() -> count(counter) > before, timeout)
                  ? Outcome.ok(
                      "a process with listening and established TCP sockets was dumped and restored")
                  : Outcome.failed(
                      new EngineFailure.TimedOut(
                          "the restored process", timeout, "it does not go on"));
            });
  }

  /** A capsule of another user than root, without TCP. */
  static Outcome<String> capsule(Toolchain tools, Duration timeout, InstantSource clock) {
    return inTemporaryDirectory(
        directory ->
            CapsuleEngine.open(directory, tools, clock)
                .then(
                    engine -> {
                      try {
                        return capsuleRoundTrip(
                            engine, Files.createDirectory(directory.resolve("image")), timeout);
                      } catch (IOException e) {
                        return Outcome.failed(EngineErrors.io("make a directory for the image", e));
                      } finally {
                        engine
                            .ids()
                            .then(
                                ids -> {
                                  ids.forEach(id -> engine.delete(id, timeout));
                                  return Outcome.ok(ids);
                                });
                        engine.removeSharedCgroup();
                      }
                    }));
  }

  private static Outcome<String> capsuleRoundTrip(
      CapsuleEngine engine, Path image, Duration timeout) {
    // It ends by itself should we be killed before it is.
    String program = "n=0; while [ $n -lt 30000 ]; do n=$((n+1)); echo $n >count; sleep 0.01; done";
    List<String> counting = List.of("/bin/sh", "-c", program);
    var spec =
        new InstanceSpec(
            INSTANCE,
            UUID.randomUUID(),
            NOBODY,
            NOBODY,
            counting,
            Map.of("PATH", "/usr/bin:/bin"),
            OptionalLong.empty(),
            List.of());
    return engine
        .start(spec, timeout)
        .then(state -> counts(state, timeout))
        .then(state -> engine.dump(state.id(), image, new DumpOptions(After.STOP, timeout)))
        .then(
            report ->
                engine.restoreFrozen(
                    new RestoreRequest(
                        INSTANCE, UUID.randomUUID(), NOBODY, OptionalLong.empty(), image, timeout)))
        .then(state -> engine.thaw(state.id(), timeout).then(done -> counts(state, timeout)))
        .then(
            state ->
                Outcome.ok(
                    "a capsule was dumped, restored frozen, and went on when it was thawed"));
  }

  private static Outcome<InstanceState> counts(InstanceState state, Duration timeout) {
    Path file = new InstanceFiles(state.directory()).layer().resolve("work").resolve("count");
    String before = Presence.read(file).orElse("");
    return Waiting.until(() -> !Presence.read(file).orElse(before).equals(before), timeout)
        ? Outcome.ok(state)
        : Outcome.failed(
            new EngineFailure.TimedOut("the probe's capsule", timeout, "it does not count"));
  }

  private static List<String> java(String argument) {
    try {
      Path code =
          Path.of(ProbeProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-Xmx32m",
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          "-XX:TieredStopAtLevel=1",
          "-cp",
          code.toString(),
          ProbeProgram.class.getName(),
          argument);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("The place of Dormouse's own code must be a path.", e);
    }
  }

  private static long count(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      return bytes.length < Long.BYTES ? 0 : java.nio.ByteBuffer.wrap(bytes).getLong();
    } catch (IOException e) {
      // Not written yet.
      return 0;
    }
  }

  private interface Trial {
    Outcome<String> in(Path directory) throws IOException;
  }

  private static Outcome<String> inTemporaryDirectory(Trial trial) {
    try {
      Path directory = InstanceFiles.createPassable(Files.createTempDirectory("dormouse-probe"));
      try {
        return trial.in(directory);
      } finally {
        Trees.delete(directory);
      }
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("probe", e));
    }
  }
}
