package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.VerifyResult.Corrupt;
import io.dormouse.checkpoint.images.VerifyResult.OtherFormat;
import io.dormouse.checkpoint.images.keys.Signers;
import io.dormouse.checkpoint.images.keys.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody did to an image on purpose is found before anything is restored; {@link
 * DamagedBytesIT} damages every byte.
 */
class DamagedImageTest extends PackedStoreCase {
  private static final String BEFORE = "{\"manifest\":";
  private static final int SIGNATURE_BYTES = 142;

  @TempDir Path elsewhere;

  @BeforeEach
  void publish() throws IOException {
    publish(id, "one page and a bit".repeat(300).getBytes(StandardCharsets.UTF_8));
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
