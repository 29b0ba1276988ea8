package io.dormouse.checkpoint.images.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An agent's key, under which it vouches for the images it writes: Ed25519 (RFC 8032). */
public final class SigningKey {
  static final String ALGORITHM = "Ed25519";

  private static final Pattern FILE =
      Pattern.compile("dormouse-signing-key 1 ([0-9a-f]{16}) ([A-Za-z0-9+/=]{20,200})\n?");

  private final String id;
  private final PrivateKey key;

  private SigningKey(String id, PrivateKey key) {
    this.id = id;
    this.key = key;
  }

  /** A signature and the id of the key that made it. */
  public static final class Signed {
    private final String keyId;
    private final byte[] signature;

    /** Takes what was read from elsewhere. */
    public Signed(String keyId, byte[] signature) {
      this.keyId = keyId;
      this.signature = signature.clone();
    }

    /** Which key. */
    public String keyId() {
      return keyId;
    }

    /** What it made. */
    public byte[] signature() {
      return signature.clone();
    }
  }

  /**
   * Reads a key; where there is none, makes one and tells {@code signers} of it.
   *
   * @throws KeyException when the file is malformed, or others may read it
   */
  public static SigningKey readOrCreate(Path file, Signers signers) throws IOException {
    if (!Files.exists(file)) {
      create(file, signers);
    }
    Matcher form = FILE.matcher(KeyFiles.readSecret(file));
    if (!form.matches()) {
      throw new KeyException(
          "The signing key file %s is malformed.%nMaybe remove it: a new one is made then."
              .formatted(file));
    }
    try {
      byte[] encoded = Base64.getDecoder().decode(form.group(2));
      PrivateKey key =
          KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      return new SigningKey(form.group(1), key);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new KeyException("The signing key file %s holds no key.".formatted(file), e);
    }
  }

  /** The public half is known before the private one is used. */
  private static void create(Path file, Signers signers) throws IOException {
    try {
      KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
      String id = signers.trust(pair.getPublic());
      String encoded = Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded());
      boolean unused =
          KeyFiles.create(file, "dormouse-signing-key 1 %s %s%n".formatted(id, encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java 17 platform must have Ed25519.", e);
    }
  }

  /** Signs a text in a context, which keeps it from standing for anything else. */
  public Signed sign(String context, byte[] text) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(prefix(context));
      signature.update(text);
      return new Signed(id, signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 must sign any text.", e);
    }
  }

  static byte[] prefix(String context) {
    return (context + "\0").getBytes(StandardCharsets.US_ASCII);
  }
}
