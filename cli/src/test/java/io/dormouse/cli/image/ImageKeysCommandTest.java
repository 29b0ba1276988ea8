package io.dormouse.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.images.ExpectedImage;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.cli.CliRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageKeysCommandTest {
  @TempDir Path folder;
  private final CliRunner cli = new CliRunner();
  private final ImageId id = new ImageId("web", UUID.randomUUID());

  @Test
  void whereThereAreNoKeysNoneAreMade() {
    for (String command : new String[] {"show", "rotate"}) {
      assertThat(run(command)).isEqualTo(3);
      assertThat(cli.err()).contains("no keys in").contains("Maybe name their directory");
    }
    assertThat(run("erase", "--owner", "1000", "--yes")).isEqualTo(3);
    assertThat(folder.resolve("keys")).doesNotExist();
  }

  @Test
  void rotatesAndTheStoreStillOpens() throws IOException {
    publish();
    assertThat(run("show", "--json")).isZero();
    String first = cli.json().get("master").asText();
    assertThat(cli.json().at("/domains/0/status").asText()).isEqualTo("current");

    assertThat(run("rotate", "--dry-run", "--json")).isZero();
    assertThat(cli.json().get("from").asText()).isEqualTo(first);
    assertThat(cli.json().get("to").isNull()).isTrue();
    assertThat(cli.json().get("dry_run").asBoolean()).isTrue();

    assertThat(run("rotate", "--json")).isZero();
    assertThat(cli.json().get("from").asText()).as("the dry run changed none").isEqualTo(first);
    String second = cli.json().get("to").asText();
    assertThat(cli.json().get("rewrapped")).hasSize(1);
    assertThat(cli.json().get("resumed").asBoolean()).isFalse();

    assertThat(run("show", "--json")).isZero();
    assertThat(cli.json().get("master").asText()).isEqualTo(second).isNotEqualTo(first);
    assertThat(cli.json().at("/retired/0").asText()).isEqualTo(first);
    assertThat(cli.json().get("rotating").asBoolean()).isFalse();
    assertThat(image("verify", "--name", "web")).isZero();
    assertThat(run("rotate")).isZero();
    assertThat(cli.out()).contains("Rotated from " + second).contains("1 owners' keys");
  }

  @Test
  void aKeyThatCanNotBeReadIsShownAndNotRotated() throws IOException {
    publish();
    Files.writeString(folder.resolve("keys/domains/uid-1000.key"), "dormouse-domain-key 1");

    assertThat(run("show", "--json")).isEqualTo(1);
    assertThat(cli.json().at("/domains/0/status").asText()).isEqualTo("unreadable");
    assertThat(cli.json().at("/domains/0/trouble").asText()).contains("malformed");
    assertThat(run("show")).isEqualTo(1);
    assertThat(cli.out()).contains("uid-1000").contains("unreadable").contains("Maybe restore");
    assertThat(run("rotate")).isEqualTo(1);
    assertThat(cli.err()).contains("could not rotate the keys").contains("Maybe restore");
  }

  @Test
  void erasesOnlyWhenToldTwice() throws IOException {
    publish();

    assertThat(run("erase", "--owner", "1000")).isEqualTo(2);
    assertThat(cli.err()).contains("1 images").contains("Maybe say --yes");
    assertThat(run("erase", "--owner", "1000", "--dry-run", "--json")).isZero();
    assertThat(cli.json().get("erased").asBoolean()).isFalse();
    assertThat(cli.json().at("/images/0/generation").asText())
        .isEqualTo(id.generation().toString());
    assertThat(image("verify", "--name", "web")).isZero();

    assertThat(run("erase", "--owner", "1000", "--yes", "--json")).isZero();
    assertThat(cli.json().get("erased").asBoolean()).isTrue();
    assertThat(cli.json().get("key").asBoolean()).isTrue();
    assertThat(cli.json().get("packed_bytes").asLong()).isPositive();
    assertThat(image("verify", "--name", "web")).isEqualTo(3);
    assertThat(run("erase", "--owner", "1000", "--yes")).isEqualTo(3);
    assertThat(cli.err()).contains("no key here").contains("Maybe ");
  }

  @Test
  void whatIsClaimedIsErasedByForceOnly() throws IOException {
    ImageStore store = publish();
    ok(store.claim(id, "node-1/life"));

    assertThat(run("erase", "--owner", "1000", "--yes")).isEqualTo(1);
    assertThat(cli.err()).contains(id.toString()).contains("--force");
    assertThat(run("erase", "--owner", "1000", "--yes", "--force")).isZero();
    assertThat(cli.out()).contains("Destroyed the key of uid 1000");
  }

  @Test
  void aUidThatIsNoneIsBadUsage() {
    assertThat(run("erase", "--owner", "-1", "--yes")).isEqualTo(2);
    assertThat(cli.err()).contains("must be a uid").contains("Maybe ");
    assertThat(run("erase", "--yes")).isEqualTo(2);
    assertThat(cli.run("image", "keys")).isEqualTo(2);
  }

  private int run(String command, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "keys";
    all[1] = command;
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return image(all);
  }

  private int image(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "image";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[arguments.length + 1] = "--store";
    all[arguments.length + 2] = folder.toUri().toString();
    return cli.run(all);
  }

  private ImageStore publish() throws IOException {
    ImageStore store = ok(ImageStore.open(folder.toUri(), InstantSource.system()));
    StagedImage staged = ok(store.stage(ExpectedImage.of(id, 1000)));
    Files.writeString(staged.directory().resolve("pages.img"), "not pages");
    Image.Published published =
        ok(
            store.publish(
                staged,
                new ImageMetadata(
                    id,
                    Optional.empty(),
                    "capsule",
                    1000,
                    1000,
                    "spec",
                    Instant.EPOCH,
                    4096,
                    HostFingerprint.early("6.18", "cpu", "criu 4.2.1"))));
    assertThat(published.claimed()).isFalse();
    return store;
  }

  private static <T> T ok(Stored<T> stored) {
    assertThat(stored).isInstanceOf(Stored.Ok.class);
    return ((Stored.Ok<T>) stored).value();
  }
}
