package io.dormouse.cli.image;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.images.keys.KeyRing;
import io.dormouse.checkpoint.images.keys.KeyRotation;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dormouse image keys rotate}. */
@Command(
    name = "rotate",
    description = {
      "Takes a new master key, and wraps all owners' keys under it; no image is read or written.",
      "Agents that share the directory go on meanwhile. Where it was broken off, it goes on there."
    })
final class ImageKeysRotateCommand extends BaseCommand {
  @Mixin private final StoreOptions store = new StoreOptions();

  @Option(names = "--dry-run", description = "Only tell what would be done, and whether it can be.")
  private boolean dryRun;

  @Override
  protected ExitCode run(Console console) {
    KeyRing ring = store.existingKeys();
    KeyRotation rotation = ring.rotation();
    KeyRotation.Done done =
        Answers.value("rotate the keys", dryRun ? rotation::plan : rotation::run);
    console.json(json(done));
    console.text(text(done));
    return ExitCode.OK;
  }

  private ObjectNode json(KeyRotation.Done done) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("from", done.from());
    json.put("to", dryRun && !done.resumed() ? null : done.to());
    done.rewrapped().forEach(json.putArray("rewrapped")::add);
    done.retired().forEach(json.putArray("retired")::add);
    json.put("resumed", done.resumed());
    json.put("dry_run", dryRun);
    return json;
  }

  private String text(KeyRotation.Done done) {
    if (dryRun) {
      return "Would %s: %d owners' keys to wrap anew, master keys to retire: %s."
          .formatted(
              done.resumed()
                  ? "end the rotation to %s that was broken off".formatted(done.to())
                  : "rotate from %s to a new master key".formatted(done.from()),
              done.rewrapped().size(),
              String.join(", ", done.retired()));
    }
    return "%s from %s to %s: %d owners' keys wrapped anew."
        .formatted(
            done.resumed() ? "Ended the rotation" : "Rotated",
            done.from(),
            done.to(),
            done.rewrapped().size());
  }
}
