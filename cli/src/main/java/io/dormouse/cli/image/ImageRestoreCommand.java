package io.dormouse.cli.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.ProcessTreeEngine;
import io.dormouse.checkpoint.engines.RestoredTree;
import io.dormouse.checkpoint.images.Fetched;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.VerifyResult;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dormouse image restore}. */
@Command(
    name = "restore",
    description = {
      "Brings the processes of an image back under their old pids.",
      "The image is verified first, and woken once: a second restore of it is refused."
    })
final class ImageRestoreCommand extends BaseCommand {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  @Mixin private final StoreOptions store = new StoreOptions();
  @Mixin private final ImageNames names = new ImageNames();

  @Option(names = "--newest", description = "The newest one, where there are several.")
  private boolean newest;

  @Override
  protected ExitCode run(Console console) {
    ImageStore images = store.openExisting();
    Image image = names.findOnlyUnclaimed(images, newest);
    requireProcessTree(image);
    Fetched fetched =
        StoreWork.reading("Fetching " + image.id(), images, image)
            .run(console, () -> images.fetch(image.id()));
    if (!(fetched.result() instanceof VerifyResult.Verified)) {
      throw new CommandFailure(ExitCode.FAILED, fetched.result().message());
    }
    RestoredTree tree;
    try {
      tree =
          StoreWork.reading("Restoring its processes", images)
              .run(console, () -> restore(images, fetched.copy()));
    } finally {
      Answers.value(images.discard(fetched.copy()));
    }
    ObjectNode json = ImageJson.of(image, "restored");
    json.put("pid", tree.pid());
    json.put("took_seconds", tree.took().toNanos() / 1e9);
    ArrayNode moved = json.putArray("moved_aside");
    tree.movedAside().stream().map(Path::toString).forEach(moved::add);
    console.json(json);
    console.text(
        "Process %d runs again after %.2f s.".formatted(tree.pid(), tree.took().toNanos() / 1e9));
    tree.movedAside().forEach(file -> console.text("What was in the way is now " + file));
    return ExitCode.OK;
  }

  private static void requireProcessTree(Image image) {
    String engine =
        image instanceof Image.Published published
            ? published.manifest().metadata().engine()
            : ProcessTreeEngine.NAME;
    if (!engine.equals(ProcessTreeEngine.NAME)) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The image %s was written by the engine %s and can't be restored by hand."
              .formatted(image.id(), engine),
          "Maybe wake it through the controller, which finds it a place.");
    }
  }

  /** Claims the image for good only if the restore works. */
  private static RestoredTree restore(ImageStore images, StagedImage copy) {
    WorkingCriu criu = WorkingCriu.find();
    String claimant = "image-restore-" + ProcessHandle.current().pid();
    Answers.value(images.claim(copy.id(), claimant));
    Outcome<RestoredTree> outcome =
        new ProcessTreeEngine(criu.path(), InstantSource.system())
            .restore(copy.directory(), TIMEOUT);
    if (outcome instanceof Outcome.Failed<RestoredTree>) {
      Answers.value(images.release(copy.id(), claimant));
    }
    return Answers.value(outcome);
  }
}
