package io.dormouse.cli.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.VerifyResult;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dormouse image verify}. */
@Command(
    name = "verify",
    description =
        "Reads every file of an image, the newest of the name by default, and compares it with the manifest.")
final class ImageVerifyCommand extends BaseCommand {
  @Mixin private final StoreOptions store = new StoreOptions();
  @Mixin private final ImageNames names = new ImageNames();

  @Override
  protected ExitCode run(Console console) {
    ImageStore images = store.openExisting();
    Image image = names.find(images);
    VerifyResult result =
        StoreWork.reading("Verifying " + image.id(), images, image)
            .run(console, () -> images.verify(image.id()));
    boolean verified = result instanceof VerifyResult.Verified;
    ObjectNode json = ImageJson.of(image, status(result));
    json.put("message", result.message());
    console.json(json);
    if (verified) {
      console.text(result.message());
    } else {
      console.note(result.message());
    }
    return verified
        ? ExitCode.OK
        : result instanceof VerifyResult.Missing ? ExitCode.NOTHING : ExitCode.FAILED;
  }

  private static String status(VerifyResult result) {
    if (result instanceof VerifyResult.Verified) {
      return "verified";
    }
    if (result instanceof VerifyResult.Corrupt) {
      return "corrupt";
    }
    if (result instanceof VerifyResult.OtherFormat) {
      return "other-format";
    }
    return result instanceof VerifyResult.Missing ? "missing" : "unavailable";
  }
}
