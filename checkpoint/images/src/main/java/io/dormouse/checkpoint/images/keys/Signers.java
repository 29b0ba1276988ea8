package io.dormouse.checkpoint.images.keys;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The public keys of those whose signatures count: a directory with a file per key, named by its
 * id. Read anew each time, so that an operator adds and revokes by files. Thread-safe.
 */
public final class Signers {
  private static final int ID_BYTES = 8;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");
  private static final Pattern FILE =
      Pattern.compile("dormouse-public-key 1 ([A-Za-z0-9+/=]{20,200})\n?");

  private final Path directory;

  /** Opens a directory; made when it is wanted. */
  public Signers(Path directory) {
    this.directory = directory;
  }

  /** Adds a key; its id. */
  String trust(PublicKey key) throws IOException {
    String id = idOf(key);
    String encoded = Base64.getEncoder().encodeToString(key.getEncoded());
    boolean unused = KeyFiles.create(file(id), "dormouse-public-key 1 " + encoded + "\n");
    return id;
  }

  /**
   * Whether a signature holds.
   *
   * @throws KeyException when its key is not trusted here, or its file is malformed
   */
  public boolean verify(String context, byte[] text, SigningKey.Signed signed) throws IOException {
    PublicKey key = key(signed.keyId());
    try {
      Signature signature = Signature.getInstance(SigningKey.ALGORITHM);
      signature.initVerify(key);
      signature.update(SigningKey.prefix(context));
      signature.update(text);
      return signature.verify(signed.signature());
    } catch (java.security.SignatureException malformed) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java 17 platform must have Ed25519.", e);
    }
  }

  private PublicKey key(String id) throws IOException {
    if (!ID.matcher(id).matches()) {
      throw new KeyException("The signer (%s) must be 16 hexadecimal digits.".formatted(id));
    }
    try {
      Matcher form = FILE.matcher(KeyFiles.read(file(id)));
      if (!form.matches()) {
        throw new KeyException("The file of signer %s is malformed.".formatted(id));
      }
      PublicKey key =
          KeyFactory.getInstance(SigningKey.ALGORITHM)
              .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(form.group(1))));
      if (!idOf(key).equals(id)) {
        throw new KeyException("The file of signer %s holds another one's key.".formatted(id));
      }
      return key;
    } catch (NoSuchFileException e) {
      throw new KeyException(
          "The signer %s is not trusted here.%nMaybe its agent belongs to another site; its public key would have to be in %s."
              .formatted(id, directory),
          e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new KeyException("The file of signer %s holds no key.".formatted(id), e);
    }
  }

  private Path file(String id) {
    return directory.resolve(id + ".pub");
  }

  private static String idOf(PublicKey key) {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
      return HexFormat.of().formatHex(sum, 0, ID_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform must have SHA-256.", e);
    }
  }
}
