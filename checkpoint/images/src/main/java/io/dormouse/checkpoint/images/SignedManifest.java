package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.ManifestJson.MalformedManifestException;
import io.dormouse.checkpoint.images.keys.Signers;
import io.dormouse.checkpoint.images.keys.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A manifest and its signature in one JSON document, {@code {"manifest":…,"signature":{…}}}: what
 * is signed is the manifest's text as it stands there, byte for byte, and nothing of it is looked
 * at before the signature holds.
 */
final class SignedManifest {
  private static final String CONTEXT = "dormouse image manifest";
  private static final byte[] BEFORE = bytes("{\"manifest\":");
  private static final Pattern AFTER =
      Pattern.compile(
          ",\"signature\":\\{\"key\":\"([0-9a-f]{16})\",\"ed25519\":\"([A-Za-z0-9+/=]{88})\"}}\n");
  private static final int AFTER_BYTES = 142;

  private SignedManifest() {}

  static byte[] write(Manifest manifest, SigningKey key) throws IOException {
    byte[] json = ManifestJson.write(manifest);
    SigningKey.Signed signed = key.sign(CONTEXT, json);
    String after =
        ",\"signature\":{\"key\":\"%s\",\"ed25519\":\"%s\"}}\n"
            .formatted(signed.keyId(), Base64.getEncoder().encodeToString(signed.signature()));
    byte[] all = Arrays.copyOf(BEFORE, BEFORE.length + json.length + after.length());
    System.arraycopy(json, 0, all, BEFORE.length, json.length);
    System.arraycopy(bytes(after), 0, all, BEFORE.length + json.length, after.length());
    return all;
  }

  /**
   * Reads a manifest that somebody trusted has signed.
   *
   * @throws MalformedManifestException when it is none, or its signature does not hold
   */
  static Manifest read(byte[] document, Signers signers) throws MalformedManifestException {
    int end = document.length - AFTER_BYTES;
    if (end <= BEFORE.length
        || !Arrays.equals(document, 0, BEFORE.length, BEFORE, 0, BEFORE.length)) {
      throw malformed("it is no signed manifest");
    }
    Matcher after =
        AFTER.matcher(new String(document, end, AFTER_BYTES, StandardCharsets.US_ASCII));
    if (!after.matches()) {
      throw malformed("its signature is missing");
    }
    byte[] json = Arrays.copyOfRange(document, BEFORE.length, end);
    try {
      SigningKey.Signed signed =
          new SigningKey.Signed(after.group(1), Base64.getDecoder().decode(after.group(2)));
      if (!signers.verify(CONTEXT, json, signed)) {
        throw malformed("its signature does not hold: it was changed since it was written");
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new MalformedManifestException(String.valueOf(e.getMessage()), e);
    }
    return ManifestJson.read(json);
  }

  private static MalformedManifestException malformed(String reason) {
    return new MalformedManifestException(reason, new IOException(reason));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
