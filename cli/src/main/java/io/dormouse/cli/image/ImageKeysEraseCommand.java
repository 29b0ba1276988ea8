package io.dormouse.cli.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.images.Erasing;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.keys.KeyRing;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dormouse image keys erase}. */
@Command(
    name = "erase",
    description = {
      "Destroys an owner's key: none of his images can be read any more, nor any copy of them.",
      "They are also deleted from this store. Nothing brings them back, except a copy of the keys.",
      "Ends with 3 where he has neither."
    })
final class ImageKeysEraseCommand extends BaseCommand {
  private static final long UID_MAX = 4_294_967_294L;

  @Mixin private final StoreOptions store = new StoreOptions();

  @Option(names = "--owner", required = true, paramLabel = "UID", description = "Whose images.")
  private long owner;

  @Option(names = "--yes", description = "Really do it.")
  private boolean yes;

  @Option(
      names = "--force",
      description =
          "Also while images of the owner are claimed or written: who wakes one may fail; what is being dumped runs on.")
  private boolean force;

  @Option(names = "--dry-run", description = "Only tell what would go, and whether it could.")
  private boolean dryRun;

  @Override
  protected ExitCode run(Console console) {
    if (owner < 0 || owner > UID_MAX) {
      throw badUsage(
          "The --owner (%d) must be a uid from 0 to %d.".formatted(owner, UID_MAX),
          "Maybe see `dormouse image usage`.");
    }
    // Opening a store beside which there are no keys would make some.
    KeyRing unused = store.existingKeys();
    try (ImageStore images = store.openExisting()) {
      return run(console, images);
    }
  }

  private ExitCode run(Console console, ImageStore images) {
    Erasing erasing = images.erasing(owner);
    Erasing.Doomed doomed =
        Answers.value(
            StoreWork.reading("Looking for images of uid " + owner, images)
                .run(console, erasing::doomed));
    if (doomed.isNothing()) {
      throw new CommandFailure(
          ExitCode.NOTHING,
          "The owner %d has no key here and no images.".formatted(owner),
          "Maybe it is another --owner or --store; see `dormouse image keys show`.");
    }
    if (!force && doomed.isInUse()) {
      throw new CommandFailure(
          ExitCode.FAILED,
          new StoreFailure.InUse(owner, doomed.claimed(), doomed.written()).message());
    }
    if (!dryRun && !yes) {
      throw badUsage(
          "This would destroy the key of uid %d, and with it %d images (%d bytes), for good."
              .formatted(owner, doomed.images().size(), doomed.packedBytes()),
          "Maybe say --yes, or look first with --dry-run.");
    }
    Erasing.Doomed gone =
        dryRun
            ? doomed
            : Answers.value(
                StoreWork.reading("Deleting images of uid " + owner, images)
                    .run(console, () -> erasing.erase(force)));
    console.json(json(gone));
    console.text(
        "%s the key of uid %d, and with it %d images (%d bytes)."
            .formatted(
                dryRun ? "Would destroy" : "Destroyed",
                owner,
                gone.images().size(),
                gone.packedBytes()));
    return ExitCode.OK;
  }

  private ObjectNode json(Erasing.Doomed gone) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("owner", owner);
    json.put("key", gone.key());
    ArrayNode images = json.putArray("images");
    for (ImageId id : gone.images()) {
      images
          .addObject()
          .put("instance", id.instance())
          .put("generation", id.generation().toString());
    }
    json.put("packed_bytes", gone.packedBytes());
    json.put("claimed", gone.claimed().size());
    json.put("written", gone.written().size());
    json.put("erased", !dryRun);
    json.put("dry_run", dryRun);
    return json;
  }
}
