package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.images.ExpectedImage;
import io.dormouse.checkpoint.images.Fetched;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.images.VerifyResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Dumps a capsule again and again while its memory is tracked, and brings it back: for a kernel
 * that can track. Each line that it prints is a step and what came of it.
 */
final class TrackedGenerations {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long NOBODY = 65534;
  private static final String INSTANCE = "pages";
  private static final HostFingerprint HOST = HostFingerprint.early("6.1", "emulated", "criu");

  private final CapsuleEngine engine;
  private final ImageStore store;
  private final Path program;
  private String capsule = "";
  private Path work = Path.of("");
  private int sequence;

  private TrackedGenerations(Toolchain tools, Path program, Path directory) {
    this.engine = ok(CapsuleEngine.open(directory.resolve("node"), tools, InstantSource.system()));
    this.store = value(ImageStore.open(directory.resolve("store").toUri(), InstantSource.system()));
    this.program = program;
  }

  /** An image that may be published. */
  private record Dump(StagedImage staged, DumpReport report) {
    String figures() {
      return "memory=%d pages=%d inherits=%b"
          .formatted(
              report.memoryBytes() / CriuPagemap.PAGE_BYTES,
              report.statistics().orElseThrow().pagesWritten(),
              !report.leftOut().inherited().files().isEmpty());
    }
  }

  /** Takes CRIU, runc, the program and a directory. */
  public static void main(String[] arguments) throws IOException {
    Path criu = Path.of(arguments[0]);
    Toolchain tools = new Toolchain(criu, "", Path.of(arguments[1]), "", true);
    say("kernel", HostProbe.tracking(criu, LIMIT).verdict().toString());
    var test = new TrackedGenerations(tools, Path.of(arguments[2]), Path.of(arguments[3]));
    test.run();
    say("end", "reached");
  }

  private void run() throws IOException {
    become(
        ok(
            engine.start(
                new InstanceSpec(
                    INSTANCE,
                    UUID.randomUUID(),
                    NOBODY,
                    NOBODY,
                    List.of(program.toString()),
                    Map.of("PATH", "/usr/bin:/bin"),
                    OptionalLong.empty(),
                    List.of(program.getParent())),
                LIMIT)));
    say("started", change(0, 0));
    published("first");
    thaw();
    say("changed", change(5, 20));
    ImageId second = published("second");
    restore("second", second);
    say("restored", change(100, 20));
    published("third");
    thaw();
    say("changed-again", change(7, 10));
    whatIsNotPublishedIsNoBase();
    whatOthersTrackedIsNoBase();
    aDumpThatFailedLeavesNoBase();
    ok(engine.delete(capsule, LIMIT));
  }

  private void whatIsNotPublishedIsNoBase() throws IOException {
    Dump unpublished = dump();
    value(store.discard(unpublished.staged()));
    say("unpublished", unpublished.figures());
    thaw();
    change(2, 10);
    restore("after-unpublished", published("after-unpublished"));
    say("restored-after-unpublished", change(0, 1));
  }

  private void whatOthersTrackedIsNoBase() throws IOException {
    change(3, 15);
    for (long pid : CapsuleCgroup.freezer(capsule).processes()) {
      Files.writeString(Path.of("/proc", Long.toString(pid), "clear_refs"), "4");
    }
    published("after-others");
    thaw();
  }

  private void aDumpThatFailedLeavesNoBase() throws IOException {
    restore("before-failure", published("before-failure"));
    say("restored-before-failure", change(4, 25));
    Path nowhere = work.resolveSibling("nowhere");
    boolean failed =
        engine.dump(capsule, nowhere, options().inheriting(true)) instanceof Outcome.Failed;
    say("failure", "failed=%b base=%b".formatted(failed, ok(engine.tracked(capsule)).isPresent()));
    change(9, 5);
    restore("after-failure", published("after-failure"));
    say("restored-after-failure", change(0, 1));
  }

  private static DumpOptions options() {
    return new DumpOptions(After.LEAVE_FROZEN, LIMIT);
  }

  private Dump dump() {
    ImageId id = new ImageId(INSTANCE, UUID.randomUUID());
    StagedImage staged =
        value(
            store.stage(
                new ExpectedImage(id, NOBODY, Optional.empty(), engine::writesOnce)
                    .on(ok(engine.tracked(capsule)))));
    DumpReport report =
        ok(engine.dump(capsule, staged.directory(), options().inheriting(staged.inherits())));
    return new Dump(staged, report);
  }

  private ImageId published(String step) {
    long start = System.nanoTime();
    Dump dump = dump();
    DumpReport report = dump.report();
    ImageMetadata metadata =
        new ImageMetadata(
            dump.staged().id(),
            Optional.empty(),
            engine.name(),
            NOBODY,
            NOBODY,
            "0".repeat(64),
            report.stoppedAt(),
            report.memoryBytes(),
            HOST);
    Image.Published image = value(store.publish(dump.staged(), metadata, report.leftOut()));
    ok(engine.track(capsule, value(store.pages(dump.staged().id()))));
    say(
        step,
        "%s new=%d image=%d millis=%d"
            .formatted(
                dump.figures(),
                image.manifest().contents().newBytes(),
                image.manifest().contents().fileBytes(),
                (System.nanoTime() - start) / 1_000_000));
    return dump.staged().id();
  }

  /** Ends what there is, and brings an image back. */
  private void restore(String step, ImageId image) throws IOException {
    ok(engine.delete(capsule, LIMIT));
    if (!(store.verify(image) instanceof VerifyResult.Verified)) {
      throw new AssertionError("the image of " + step + " must be whole");
    }
    Fetched fetched = store.fetch(image);
    become(
        ok(
            engine.restoreFrozen(
                new RestoreRequest(
                    INSTANCE,
                    UUID.randomUUID(),
                    NOBODY,
                    OptionalLong.empty(),
                    fetched.copy().directory(),
                    LIMIT))));
    value(store.discard(fetched.copy()));
    ok(engine.track(capsule, value(store.pages(image))));
    thaw();
  }

  private void become(InstanceState state) {
    capsule = state.id();
    work = state.directory().resolve("layer").resolve("work");
  }

  private void thaw() {
    ok(engine.thaw(capsule, LIMIT));
  }

  /** Has the program change pages and look at all of them; what it says. */
  private String change(int first, int count) throws IOException {
    sequence++;
    Path whole = work.resolve("command.tmp");
    Files.writeString(whole, "%d %d %d\n".formatted(sequence, first, count));
    Files.move(whole, work.resolve("command"), StandardCopyOption.ATOMIC_MOVE);
    Path answer = work.resolve("answer");
    String wanted = sequence + " ";
    if (!Waiting.until(() -> Presence.read(answer).orElse("").startsWith(wanted), LIMIT)) {
      throw new AssertionError("The program must answer command %d.".formatted(sequence));
    }
    return Files.readString(answer).strip().substring(wanted.length());
  }

  private static void say(String step, String what) {
    System.out.println("STEP " + step + " " + what);
  }

  private static <T> T value(Stored<T> stored) {
    if (stored instanceof Stored.Failed<T> failed) {
      throw new AssertionError(failed.failure().message());
    }
    return ((Stored.Ok<T>) stored).value();
  }
}
