package io.dormouse.cli.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.engines.DumpOptions;
import io.dormouse.checkpoint.engines.DumpOptions.Connections;
import io.dormouse.checkpoint.engines.DumpReport;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.ProcessTreeEngine;
import io.dormouse.checkpoint.hosts.ThisHost;
import io.dormouse.checkpoint.images.ExpectedImage;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.images.packs.LeftOut;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dormouse image dump}. */
@Command(
    name = "dump",
    description = {
      "Dumps a process and all below it into an image.",
      "The process ends only once its image is read back and verified; after any failure it runs on."
    })
final class ImageDumpCommand extends BaseCommand {
  private static final String ENGINE = "criu";
  private static final Duration SIGNAL_TIMEOUT = Duration.ofSeconds(10);

  @Mixin private final StoreOptions store = new StoreOptions();

  @Option(names = "--pid", required = true, description = "The process.")
  private long pid;

  @Option(names = "--name", required = true, description = "The instance's name.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String name;

  @Option(
      names = "--engine",
      defaultValue = ENGINE,
      description = "What dumps it: ${DEFAULT-VALUE}, the only one that does so by pid.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String engine;

  @Option(names = "--keep-running", description = "Let the process run on afterwards.")
  private boolean keepRunning;

  @Option(
      names = "--tcp-close",
      description =
          "Close established TCP connections in the restored process; they are kept otherwise.")
  private boolean tcpClose;

  @Option(
      names = "--shared",
      paramLabel = "PATH",
      description =
          "A file that others write too, or a directory of such: it is left as it is, now and in a restore. May be repeated.")
  private List<Path> shared = List.of();

  @Override
  protected ExitCode run(Console console) throws IOException {
    ImageNames.checked(name);
    if (pid < 1) {
      throw badUsage("The --pid (%d) must be positive.".formatted(pid), "Maybe see ps.");
    }
    requireBareProcesses(engine);
    ProcessFacts process = ProcessFacts.of(pid);
    WorkingCriu criu = WorkingCriu.find();
    ImageStore images = store.open();
    ProcessTreeEngine trees = new ProcessTreeEngine(criu.path(), InstantSource.system());
    StagedImage staged =
        Answers.value(
            images.stage(
                new ExpectedImage(
                    new ImageId(name, UUID.randomUUID()),
                    process.uid(),
                    Optional.empty(),
                    trees::writesOnce)));
    DumpReport dump =
        StoreWork.writing("Dumping process " + pid, images)
            .run(console, () -> dump(trees, images, staged, process));
    ImageMetadata metadata = metadata(staged, process, criu, dump);
    Image.Published image =
        StoreWork.writing("Publishing " + staged.id(), images)
            .run(console, () -> publish(trees, images, staged, metadata, dump.leftOut()));
    if (!keepRunning) {
      Answers.value(trees.kill(pid, SIGNAL_TIMEOUT));
    }
    tell(console, image, dump);
    return ExitCode.OK;
  }

  private DumpReport dump(
      ProcessTreeEngine trees, ImageStore images, StagedImage staged, ProcessFacts process) {
    DumpOptions.After after =
        keepRunning ? DumpOptions.After.KEEP_RUNNING : DumpOptions.After.LEAVE_FROZEN;
    DumpOptions options =
        DumpOptions.of(after)
            .withStartTicks(process.startTicks())
            .with(tcpClose ? Connections.CLOSE : Connections.KEEP)
            .withSharedFiles(shared.stream().map(p -> p.toAbsolutePath().normalize()).toList())
            .live(!keepRunning);
    Outcome<DumpReport> outcome = trees.dump(pid, staged.directory(), options);
    if (outcome instanceof Outcome.Failed<DumpReport>) {
      Answers.value(images.discard(staged));
    }
    return Answers.value(outcome);
  }

  private Image.Published publish(
      ProcessTreeEngine trees,
      ImageStore images,
      StagedImage staged,
      ImageMetadata metadata,
      LeftOut leftOut) {
    Stored<Image.Published> published = images.publish(staged, metadata, leftOut);
    if (published instanceof Stored.Failed<Image.Published> failed) {
      Answers.value(trees.thaw(pid, SIGNAL_TIMEOUT));
      Answers.value(images.discard(staged));
      throw new CommandFailure(ExitCode.FAILED, failed.failure().message());
    }
    return Answers.value(published);
  }

  private static ImageMetadata metadata(
      StagedImage staged, ProcessFacts process, WorkingCriu criu, DumpReport dump)
      throws IOException {
    return new ImageMetadata(
        staged.id(),
        Optional.empty(),
        ProcessTreeEngine.NAME,
        process.uid(),
        process.gid(),
        process.specHash(),
        dump.stoppedAt(),
        dump.memoryBytes(),
        ThisHost.fingerprint("criu " + criu.version(), staged.directory()),
        dump.holdsGpu());
  }

  private void tell(Console console, Image.Published image, DumpReport dump) {
    ObjectNode json = ImageJson.of(image);
    json.put("frozen_seconds", dump.frozen().toNanos() / 1e9);
    json.put("took_seconds", dump.took().toNanos() / 1e9);
    json.put("running", keepRunning);
    console.json(json);
    console.text(
        "Dumped process %d as %s: %d bytes in %.2f s; it %s."
            .formatted(
                pid,
                image.id(),
                image.manifest().storedBytes(),
                dump.took().toNanos() / 1e9,
                keepRunning ? "runs on" : "has ended"));
  }

  /** Says of the engines that others write images with why they don't do here. */
  private static void requireBareProcesses(String engine) {
    switch (engine) {
      case ENGINE -> {
        return;
      }
      case "runc" ->
          throw badUsage(
              "A capsule can't be dumped by its pid: its agent keeps it.",
              "Maybe use --engine criu for a process outside of capsules.");
      case "dmtcp" ->
          throw badUsage(
              "A process can't be dumped by its pid with DMTCP, which must be there from its start.",
              "Maybe use --engine criu for a process that runs already, or start it on an agent with"
                  + " engine: dmtcp, which dumps it when the controller says so (docs/dmtcp.md).");
      default ->
          throw badUsage(
              "There is no engine %s in this version.".formatted(engine),
              "Maybe use --engine criu, or leave it out.");
    }
  }
}
