package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.VerifyResult.Corrupt;
import io.dormouse.checkpoint.images.VerifyResult.OtherFormat;
import io.dormouse.checkpoint.images.VerifyResult.Verified;
import io.dormouse.checkpoint.images.keys.Signers;
import io.dormouse.checkpoint.images.keys.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to the parts of a small image, it is found before anything is restored. */
class DamagedImageTest extends PackedStoreCase {
  private static final String BEFORE = "{\"manifest\":";
  private static final int SIGNATURE_BYTES = 142;
  private static final int FETCHES_APART = 37;

  @TempDir Path elsewhere;

  @BeforeEach
  void publish() throws IOException {
    publish(id, "one page and a bit".repeat(300).getBytes(StandardCharsets.UTF_8));
  }

  /** Its manifest, its page table, and its pack, in whose footer the index lies. */
  private List<Path> parts() throws IOException {
    List<Path> parts = Stream.of(files("images"), files("packs")).flatMap(List::stream).toList();
    assertThat(parts).hasSize(3);
    return parts;
  }

  private void isFound(Path part, byte[] bad, int at) throws IOException {
    Files.write(part, bad);
    assertThat(store.verify(id)).as("%s, %d", part, at).isInstanceOf(Corrupt.class);
    if (at % FETCHES_APART == 0) {
      assertThat(store.fetch(id).result()).as("%s, %d", part, at).isInstanceOf(Corrupt.class);
    }
  }

  private void isWholeAgain(Path part, byte[] whole) throws IOException {
    Files.write(part, whole);
    assertThat(store.verify(id)).isInstanceOf(Verified.class);
    assertThat(spool()).isEmpty();
  }

  @Test
  void aFlippedBitInAnyByteOfAnyPartIsFound() throws IOException {
    Random random = new Random(1);
    for (Path part : parts()) {
      byte[] whole = Files.readAllBytes(part);
      for (int i = 0; i < whole.length; i++) {
        byte[] bad = whole.clone();
        bad[i] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        isFound(part, bad, i);
      }
      isWholeAgain(part, whole);
    }
  }

  @Test
  void aCutToAnyLengthIsFoundAndSoIsWhatWasAdded() throws IOException {
    for (Path part : parts()) {
      byte[] whole = Files.readAllBytes(part);
      for (int length = 0; length < whole.length; length++) {
        isFound(part, Arrays.copyOf(whole, length), length);
      }
      isFound(part, Arrays.copyOf(whole, whole.length + 1), whole.length + 1);
      isWholeAgain(part, whole);
    }
  }

  private String edited(String from, String to) throws IOException {
    byte[] document = Files.readAllBytes(manifest(id));
    String json =
        new String(
            document,
            BEFORE.length(),
            document.length - BEFORE.length() - SIGNATURE_BYTES,
            StandardCharsets.UTF_8);
    assertThat(json).contains(from);
    return json.replace(from, to);
  }

  private void sign(String json, SigningKey key) throws IOException {
    SigningKey.Signed signed =
        key.sign("dormouse image manifest", json.getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        manifest(id),
        "%s%s,\"signature\":{\"key\":\"%s\",\"ed25519\":\"%s\"}}\n"
            .formatted(
                BEFORE,
                json,
                signed.keyId(),
                Base64.getEncoder().encodeToString(signed.signature())));
  }

  private SigningKey key(Path file) throws IOException {
    return SigningKey.readOrCreate(file, new Signers(elsewhere.resolve("signers")));
  }

  @Test
  void anOwnerWhoWantsToBeRootIsFoundOut() throws IOException {
    Files.writeString(
        manifest(id),
        Files.readString(manifest(id)).replace("\"ownerUid\" : 65534", "\"ownerUid\" : 0"));

    assertThat(corruption().reason()).contains("signature does not hold");
    assertThat(store.show(id)).isInstanceOf(Image.Unreadable.class);
  }

  @Test
  void andSoIsOneWhoSignsThatHimself() throws IOException {
    sign(edited("\"ownerUid\" : 65534", "\"ownerUid\" : 0"), key(elsewhere.resolve("own.key")));

    assertThat(corruption().reason()).contains("is not trusted here");
    assertThat(store.fetch(id).result()).isInstanceOf(Corrupt.class);
    assertThat(store.show(id)).isInstanceOf(Image.Unreadable.class);
  }

  @Test
  void whatANewerProgramWroteIsNotTakenForDamaged() throws IOException {
    sign(
        edited("\"formatVersion\" : 4", "\"formatVersion\" : 5, \"more\" : true"),
        key(root.resolve("keys").resolve("signing.key")));

    assertThat(store.verify(id)).isEqualTo(new OtherFormat(id, 5));
    assertThat(store.fetch(id).result().message())
        .contains("format version (5)", "from 2 to 4", "Maybe a newer Dormouse wrote it");
    assertThat(store.show(id)).isInstanceOf(Image.Unreadable.class);
  }
}
