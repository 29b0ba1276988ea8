package io.dormouse.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StoreLocation;
import io.dormouse.cli.CliRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCommandTest {
  private static final UUID OLD = UUID.fromString("00000000-0000-4000-8000-000000000001");
  private static final UUID NEW = UUID.fromString("00000000-0000-4000-8000-000000000002");

  @TempDir Path folder;
  private final CliRunner cli = new CliRunner();

  @Test
  void whatOnlyReadsMakesNoStore() {
    Path missing = folder.resolve("missing");

    assertThat(cli.run("image", "list", "--store", missing.toUri().toString())).isEqualTo(3);
    assertThat(cli.err()).contains("no image store").contains("Maybe ");
    assertThat(missing).doesNotExist();
  }

  @Test
  void aStoreWithoutAPathIsExplained() {
    assertThat(cli.run("image", "list", "--store", "file:images")).isNotZero();
    assertThat(cli.err()).contains("file:images").contains("Maybe ").doesNotContain("bug");
  }

  @Test
  void anAddressThatIsNoneIsBadUsageWithWhatWasMeant() {
    assertThat(cli.run("image", "list", "--store", "some/folder")).isEqualTo(2);
    assertThat(cli.err())
        .contains("some/folder")
        .contains("Maybe you meant file:" + Path.of("some/folder").toAbsolutePath());
    assertThat(cli.run("image", "list", "--store", "s3a://KEY:HIDDEN@bucket/x")).isEqualTo(2);
    assertThat(cli.err()).contains("must not hold credentials").doesNotContain("HIDDEN");
  }

  @Test
  void keysMayLieElsewhere() {
    Path store = folder.resolve("other-store");
    Path keys = folder.resolve("other-keys");
    ImageStore.open(StoreLocation.ofDirectory(store).withKeys(keys), InstantSource.system());

    String address = store.toUri().toString();
    assertThat(cli.run("image", "list", "--store", address, "--keys", keys.toString())).isZero();
    assertThat(cli.run("image", "list", "--store", address)).isNotZero();
    assertThat(cli.err()).contains("master key").contains("Maybe ");
  }

  @Test
  void anEmptyStoreListsNothing() {
    assertThat(run("list", "--json")).isZero();
    assertThat(cli.json().get("images")).isEmpty();
  }

  @Test
  void listsImagesWithTheContractsFields() throws IOException {
    publish(OLD, 1);
    publish(NEW, 2);

    assertThat(run("list", "--json")).isZero();

    JsonNode image = cli.json().get("images").get(1);
    assertThat(image.get("instance").asText()).isEqualTo("web");
    assertThat(image.get("generation").asText()).isEqualTo(NEW.toString());
    assertThat(image.get("engine").asText()).isEqualTo("capsule");
    assertThat(image.get("logical_bytes").asLong()).isEqualTo(4096);
    assertThat(image.get("stored_bytes").asLong()).isPositive();
    assertThat(image.get("new_bytes").asLong())
        .as("its one page is in the store already")
        .isPositive()
        .isLessThan(image.get("stored_bytes").asLong());
    assertThat(image.get("parent").isNull()).isTrue();
    assertThat(image.get("created").asText()).isEqualTo("1970-01-01T00:00:02Z");
    assertThat(image.get("status").asText()).isEqualTo("published");
  }

  @Test
  void tellsWhatOwnersStoreAndStored() throws IOException {
    assertThat(run("usage", "--json")).isEqualTo(3);
    publish(OLD, 1);

    assertThat(run("usage", "--json")).isZero();

    JsonNode owner = cli.json().at("/owners/0");
    assertThat(owner.get("images").asInt()).isOne();
    assertThat(owner.get("stored_bytes").asLong()).isPositive();
    assertThat(owner.get("byte_hours").asDouble()).as("no agent has noted it").isZero();
    assertThat(run("usage", "--from", "yesterday")).isEqualTo(2);
    assertThat(cli.err()).contains("yesterday").contains("Maybe write it like");
    assertThat(run("usage", "--to", "2999-01-01T00:00:00Z")).isEqualTo(2);
  }

  @Test
  void keepsImagesAndLetsThemGo() throws IOException {
    publish(OLD, 1);

    assertThat(run("keep", "--name", "web", "--json")).isZero();
    assertThat(cli.json().get("kept").asBoolean()).isTrue();
    assertThat(run("keep", "--name", "web", "--no-longer", "--json")).isZero();
    assertThat(cli.json().get("kept").asBoolean()).isFalse();
    assertThat(run("keep", "--name", "other")).isEqualTo(3);
  }

  @Test
  void needlessAreThoseThatNoWakeNeeds() throws IOException {
    publish(OLD, 1);
    publish(NEW, 2);

    assertThat(run("list", "--needless", "--json")).isZero();

    assertThat(cli.json().get("images")).hasSize(1);
    assertThat(cli.json().at("/images/0/generation").asText()).isEqualTo(OLD.toString());
  }

  @Test
  void showsAndVerifiesTheNewest() throws IOException {
    publish(OLD, 1);
    publish(NEW, 2);

    assertThat(run("show", "--name", "web", "--json")).isZero();
    assertThat(cli.json().get("generation").asText()).isEqualTo(NEW.toString());
    assertThat(run("verify", "--name", "web", "--json")).isZero();
    assertThat(cli.json().get("status").asText()).isEqualTo("verified");
  }

  @Test
  void copiesAnImageToAnotherStore() throws IOException {
    publish(NEW, 2);
    String other = folder.resolve("other").toUri().toString();

    assertThat(run("copy", "--name", "web", "--to", other, "--json")).isZero();

    assertThat(cli.json().get("generation").asText()).isEqualTo(NEW.toString());
    assertThat(cli.json().get("status").asText()).isEqualTo("verified");
    assertThat(cli.json().get("resealed").asBoolean()).isTrue();
    assertThat(cli.run("image", "verify", "--name", "web", "--store", other)).isZero();
    assertThat(run("copy", "--name", "web", "--to", other)).isEqualTo(1);
    assertThat(cli.err()).contains("is in the store already").contains("Maybe ");
    assertThat(run("copy", "--name", "web", "--to", "some/folder")).isEqualTo(2);
    assertThat(cli.err()).contains("some/folder").contains("Maybe you meant file:");
  }

  @Test
  void aCopyToAStoreWithTheSameKeysStaysSealed() throws IOException {
    publish(NEW, 2);
    String other = folder.resolve("other").toUri().toString();
    String keys = folder.resolve("keys").toString();

    assertThat(run("copy", "--name", "web", "--to", other, "--to-keys", keys, "--json")).isZero();

    assertThat(cli.json().get("resealed").asBoolean()).isFalse();
    assertThat(cli.run("image", "verify", "--name", "web", "--store", other, "--keys", keys))
        .isZero();
  }

  @Test
  void aFlippedBitIsFoundAndFails() throws IOException {
    Path file = publish(NEW, 2);
    byte[] bytes = Files.readAllBytes(file);
    bytes[3] ^= 1;
    Files.write(file, bytes);

    assertThat(run("verify", "--name", "web", "--json")).isEqualTo(1);

    assertThat(cli.json().get("status").asText()).isEqualTo("corrupt");
    assertThat(cli.err()).contains("manifest.json").contains("Maybe ");
  }

  @Test
  void whatIsNotThereIsNotFound() throws IOException {
    publish(NEW, 2);

    assertThat(run("show", "--name", "other")).isEqualTo(3);
    assertThat(run("verify", "--name", "web", "--generation", OLD.toString())).isEqualTo(3);
    assertThat(cli.err()).contains("There is no image").contains("Maybe ");
  }

  @Test
  void deletesForGood() throws IOException {
    publish(OLD, 1);
    publish(NEW, 2);

    assertThat(run("delete", "--name", "web", "--json", "--newest")).isZero();
    assertThat(cli.json().at("/images/0/generation").asText()).isEqualTo(NEW.toString());
    assertThat(run("delete", "--name", "web", "--all", "--newest")).isEqualTo(2);
    assertThat(run("delete", "--name", "web", "--all", "--generation", NEW.toString()))
        .isEqualTo(2);
    assertThat(cli.err()).contains("--all").contains("Maybe ");
    assertThat(run("delete", "--name", "web", "--all")).isZero();
    assertThat(run("delete", "--name", "web", "--all")).isEqualTo(3);
  }

  @Test
  void whatEndsAnImageAsksWhichOfSeveral() throws IOException {
    publish(OLD, 1);
    publish(NEW, 2);

    for (String command : new String[] {"delete", "restore"}) {
      assertThat(run(command, "--name", "web")).isEqualTo(2);
      assertThat(cli.err())
          .contains(OLD + "  1970-01-01T00:00:01Z")
          .contains(NEW.toString())
          .contains("Maybe name one with --generation, or say --newest");
    }
    assertThat(run("delete", "--name", "web", "--generation", OLD.toString(), "--json")).isZero();
    assertThat(cli.json().at("/images/0/generation").asText()).isEqualTo(OLD.toString());
    assertThat(run("delete", "--name", "web")).isZero();
  }

  @Test
  void aGenerationThatIsNoIdIsExplained() {
    assertThat(run("show", "--name", "web", "--generation", "xyz")).isEqualTo(2);
    assertThat(cli.err())
        .contains("'xyz' is not the id of a generation")
        .contains("Maybe see `dormouse image list`")
        .doesNotContain("Exception");
  }

  @Test
  void badNamesAndStoresAreBadUsage() {
    assertThat(run("show", "--name", "../etc")).isEqualTo(2);
    assertThat(cli.err()).contains("must match").contains("Maybe a path was given");
    assertThat(run("show", "--name", "x".repeat(129))).isEqualTo(2);
    assertThat(run("show", "--name", "web", "--generation", "latest")).isEqualTo(2);
    assertThat(cli.run("image", "list", "--store", "s3://bucket/x")).isEqualTo(2);
    assertThat(cli.err()).contains("scheme s3").contains("Maybe you meant s3a://");
  }

  @Test
  void dumpsOfNothingAndByOtherEnginesAreRefused() {
    assertThat(run("dump", "--pid", "0", "--name", "web")).isEqualTo(2);
    assertThat(run("dump", "--pid", "x", "--name", "web")).isEqualTo(2);
    assertThat(run("dump", "--pid", "4194305", "--name", "web")).isEqualTo(3);
    assertThat(cli.err()).contains("There is no process 4194305").contains("Maybe ");
    assertThat(run("dump", "--pid", "1", "--name", "web", "--engine", "dmtcp")).isEqualTo(2);
    assertThat(cli.err())
        .contains("must be there from its start")
        .contains("Maybe use --engine criu");
    assertThat(run("dump", "--pid", "1", "--name", "web", "--engine", "runc")).isEqualTo(2);
    assertThat(cli.err()).contains("its agent keeps it").contains("Maybe ");
    assertThat(run("dump", "--pid", "1", "--name", "web", "--engine", "gdb")).isEqualTo(2);
    assertThat(cli.err()).contains("no engine gdb").contains("--engine criu");
    assertThat(run("dump", "--help")).isZero();
    assertThat(cli.out()).contains("criu").doesNotContain("dmtcp").doesNotContain("runc");
  }

  @Test
  void collectingSaysWhatItGaveBack() throws IOException {
    publish(NEW, 2);

    assertThat(run("gc", "--json")).isZero();
    assertThat(cli.json().get("freed_bytes").asLong()).isZero();
  }

  @Test
  void aDamagedImageAndOneOfACapsuleAreNotRestored() throws IOException {
    Path file = publish(NEW, 2);

    assertThat(run("restore", "--name", "web")).isEqualTo(1);
    assertThat(cli.err()).contains("engine capsule").contains("Maybe ");
    Files.writeString(file, "cut");
    assertThat(run("restore", "--name", "web")).isEqualTo(1);
    assertThat(cli.err()).contains("is damaged").contains("manifest.json");
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "image";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[arguments.length + 1] = "--store";
    all[arguments.length + 2] = folder.toUri().toString();
    return cli.run(all);
  }

  private Path publish(UUID generation, int second) throws IOException {
    return new SampleImages(folder).publish(generation, second);
  }
}
