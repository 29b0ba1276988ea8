package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.DmtcpAnswers.Client;
import io.dormouse.checkpoint.images.Trees;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One restore of an instance under DMTCP, up to where its latch holds it. */
final class DmtcpRestore {
  private static final String HOLDS_AT = "DMT:Restart";
  private static final int BUFFER_BYTES = 1 << 18;

  private final DmtcpLife life;
  private final DmtcpRecord record;
  private final Path image;
  private final Duration timeout;
  private final long startNanos = System.nanoTime();

  DmtcpRestore(DmtcpLife life, DmtcpRecord record, Path image, Duration timeout) {
    this.life = life;
    this.record = record;
    this.image = image;
    this.timeout = timeout;
  }

  /** Into a home that was made; all memory is there when this returns, and nothing has run. */
  Outcome<Done> run() {
    return Layer.unpack(image.resolve(DmtcpRecord.LAYER), life.home().files().layer(), left())
        .then(done -> unpackSideFiles())
        .then(done -> joinAll())
        .then(this::restart)
        .then(pid -> awaitHeld());
  }

  private Duration left() {
    return Duration.ofNanos(
        Math.max(1_000_000, timeout.toNanos() - (System.nanoTime() - startNanos)));
  }

  // With the owner's rights, as the directory is his; so the archive is handed over open.
  private Outcome<Done> unpackSideFiles() {
    List<String> argv =
        new ArrayList<>(
            List.of(
                "/bin/sh",
                "-c",
                "exec \"$@\" <\"$0\"",
                image.resolve(DmtcpRecord.SIDE_FILES).toString()));
    argv.addAll(
        OwnerRights.tool(
            life.spec(),
            List.of(
                "tar",
                "--extract",
                "--directory",
                life.home().checkpoints().toString(),
                "--no-same-owner")));
    return ToolRunner.run(new ToolRunner.Call("tar", argv, Map.of(), Path.of("/")), left())
        .then(
            result ->
                result.exitStatus() == 0
                    ? Outcome.ok(new Done(result.took()))
                    : Outcome.failed(
                        LogExcerpt.classify("tar", result.exitStatus(), image, result.output())));
  }

  private Outcome<List<Path>> joinAll() {
    List<Path> joined = new ArrayList<>();
    for (int i = 0; i < record.images().size(); i++) {
      Path whole = life.home().restart().resolve(record.images().get(i));
      if (join(i, whole) instanceof Outcome.Failed<Done> failed) {
        return Outcome.failed(failed.failure());
      }
      joined.add(whole);
    }
    return Outcome.ok(joined);
  }

  private Outcome<Done> join(int number, Path whole) {
    try (InputStream heads = open(DmtcpRecord.heads(image, number));
        InputStream pages = open(DmtcpRecord.pages(image, number));
        OutputStream out =
            new BufferedOutputStream(
                Files.newOutputStream(Files.createFile(whole, Private.FILE)), BUFFER_BYTES)) {
      new DmtcpAreas().join(heads, pages, out);
      out.flush();
      Files.setPosixFilePermissions(whole, PosixFilePermissions.fromString("r--------"));
      InstanceFiles.own(whole, life.spec().ownerUid(), life.spec().ownerGid());
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (DmtcpAreas.BadAreasException | java.io.EOFException e) {
      return Outcome.failed(
          new EngineFailure.BadImage(image, "process %d: %s".formatted(number, e.getMessage())));
    } catch (java.nio.file.NoSuchFileException e) {
      return Outcome.failed(new EngineFailure.BadImage(image, "it has no file " + e.getFile()));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("put the image " + image + " together", e));
    }
  }

  private static InputStream open(Path file) throws IOException {
    return new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
  }

  private Outcome<Long> restart(List<Path> joined) {
    List<Path> others = new ArrayList<>(joined);
    Path latch = others.remove(record.latch());
    try {
      DmtcpProcesses.makeLatch(life.files());
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("hold " + life.spec().id(), e));
    }
    return life.processes().restart(latch, others, left());
  }

  private Outcome<Done> awaitHeld() {
    int wanted = record.images().size() - 1;
    boolean over = Waiting.until(() -> !life.processes().live() || isHeld(wanted), left());
    if (over && life.processes().live()) {
      return Outcome.ok(new Done(Duration.ofNanos(System.nanoTime() - startNanos)));
    }
    String log = LogExcerpt.tail(life.files().supervisorLog());
    return Outcome.failed(
        over
            ? DmtcpAnswers.failure(
                "dmtcp_restart", life.files().exitStatus().orElse(-1), log, image)
            : new EngineFailure.TimedOut("dmtcp_restart", timeout, log));
  }

  private boolean isHeld(int wanted) {
    return life.command().clients() instanceof Outcome.Ok<List<Client>> ok
        && ok.value().size() == wanted
        && ok.value().stream().allMatch(client -> client.barrier().equals(HOLDS_AT));
  }

  /** Removes what only the restart needed. */
  static Outcome<Done> tidy(DmtcpHome home) {
    try {
      Trees.delete(home.restart());
      InstanceFiles.createPassable(home.restart());
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("remove " + home.restart(), e));
    }
  }
}
