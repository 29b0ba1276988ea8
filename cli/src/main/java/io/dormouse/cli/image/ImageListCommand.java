package io.dormouse.cli.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.engines.HostProbe;
import io.dormouse.checkpoint.engines.HostReport;
import io.dormouse.checkpoint.engines.RestoreAbilities;
import io.dormouse.checkpoint.engines.ToolFinder;
import io.dormouse.checkpoint.hosts.HostAbilities;
import io.dormouse.checkpoint.hosts.RestoreVerdict;
import io.dormouse.checkpoint.hosts.RestoreVerdict.No;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dormouse image list}. */
@Command(name = "list", description = "Lists the images of a store.")
final class ImageListCommand extends BaseCommand {
  private static final Duration PROBE_TIMEOUT = Duration.ofMinutes(1);

  @Mixin private final StoreOptions store = new StoreOptions();

  @Option(
      names = "--stale",
      description =
          "Only those that this host can't restore, as after a change of its kernel or CPU, and why.")
  private boolean stale;

  @Option(
      names = "--needless",
      description = "Only those that no wake needs: unreadable, claimed, or not the newest.")
  private boolean needless;

  @Override
  protected ExitCode run(Console console) throws IOException {
    ImageStore images = store.openExisting();
    List<Image> all =
        Answers.value(
            StoreWork.reading("Reading all manifests", images).run(console, () -> images.list()));
    List<Image> wanted = needless ? needless(all) : all;
    Map<Image, No> why = stale ? StaleImages.among(wanted, abilities()) : Map.of();
    List<Image> shown = stale ? List.copyOf(why.keySet()) : wanted;
    TextTable table =
        stale
            ? new TextTable("INSTANCE", "GENERATION", "STORED", "CREATED", "STATUS", "WHY")
            : new TextTable("INSTANCE", "GENERATION", "STORED", "CREATED", "STATUS");
    ArrayNode listed = JsonNodeFactory.instance.arrayNode();
    for (Image image : shown) {
      ObjectNode json = ImageJson.of(image);
      List<String> row = new ArrayList<>(row(image, json));
      No no = why.get(image);
      if (no != null) {
        reasons(json, no);
        row.add(no.text());
      }
      listed.add(json);
      table.row(row.toArray(String[]::new));
    }
    console.text(shown.isEmpty() ? "No images." : table.toString());
    console.json(JsonNodeFactory.instance.objectNode().set("images", listed));
    return ExitCode.OK;
  }

  private static HostAbilities abilities() throws IOException {
    Map<String, String> environment = System.getenv();
    Path cache = ToolFinder.cacheDirectory(environment);
    HostReport report =
        new HostProbe(environment, cache, InstantSource.system()).run(false, PROBE_TIMEOUT);
    return RestoreAbilities.of(
        report,
        new ToolFinder(environment, cache).dmtcpTools(),
        Path.of(System.getProperty("java.io.tmpdir")));
  }

  private static List<String> row(Image image, ObjectNode json) {
    return List.of(
        image.id().instance(),
        image.id().generation().toString(),
        json.get("stored_bytes").isNull() ? "-" : json.get("stored_bytes").asText(),
        json.get("created").isNull() ? "-" : json.get("created").asText(),
        json.get("status").asText());
  }

  private static void reasons(ObjectNode json, No no) {
    ArrayNode reasons = json.putArray("reasons");
    for (RestoreVerdict.Reason reason : no.reasons()) {
      reasons
          .addObject()
          .put("kind", reason.kind().name().toLowerCase(Locale.ROOT))
          .put("text", reason.text());
    }
  }

  /** The store lists by instance, oldest first: the newest is followed by another instance. */
  private static List<Image> needless(List<Image> all) {
    List<Image> needless = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Image image = all.get(i);
      boolean newest =
          i + 1 == all.size() || !all.get(i + 1).id().instance().equals(image.id().instance());
      if (!newest || !ImageJson.status(image).equals("published")) {
        needless.add(image);
      }
    }
    return needless;
  }
}
