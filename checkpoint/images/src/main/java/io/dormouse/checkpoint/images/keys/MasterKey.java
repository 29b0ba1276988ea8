package io.dormouse.checkpoint.images.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key that wraps the domains' secrets (AES-256-GCM); it never touches an image itself, so that
 * a new one is taken without writing any image anew. Thread-safe.
 */
public final class MasterKey {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int ID_BYTES = 8;
  private static final Pattern FILE = Pattern.compile("dormouse-master-key 1 ([0-9a-f]{64})\n?");

  private final SecretKeySpec key;
  private final String id;

  private MasterKey(byte[] bytes) {
    key = new SecretKeySpec(bytes, "AES");
    id = idOf(bytes);
  }

  /** Which key it is, without saying the key: the beginning of its SHA-256, in hexadecimal. */
  public String id() {
    return id;
  }

  /**
   * Reads a key.
   *
   * @throws KeyException when the file is malformed, or others may read it
   */
  public static MasterKey read(Path file) throws IOException {
    Matcher form = FILE.matcher(KeyFiles.readSecret(file));
    if (!form.matches()) {
      throw new KeyException(
          "The master key file %s must hold: dormouse-master-key 1 and 64 hexadecimal digits.%nMaybe another file was meant."
              .formatted(file));
    }
    return new MasterKey(HexFormat.of().parseHex(form.group(1)));
  }

  /** Makes one. */
  static MasterKey fresh() {
    return new MasterKey(random(KEY_BYTES));
  }

  /** What its file holds. */
  String text() {
    return "dormouse-master-key 1 " + HexFormat.of().formatHex(key.getEncoded()) + "\n";
  }

  static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    new SecureRandom().nextBytes(random);
    return random;
  }

  /** A secret as it may be written to disk: nonce and sealed secret, bound to {@code name}. */
  byte[] wrap(byte[] secret, String name) {
    byte[] nonce = random(NONCE_BYTES);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, name).doFinal(secret);
      byte[] wrapped = java.util.Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
      System.arraycopy(sealed, 0, wrapped, NONCE_BYTES, sealed.length);
      return wrapped;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/GCM must take any secret.", e);
    }
  }

  /**
   * The secret that was wrapped.
   *
   * @throws KeyException when it was changed, wrapped under another name or another key
   */
  byte[] unwrap(byte[] wrapped, String name) throws KeyException {
    try {
      byte[] nonce = java.util.Arrays.copyOf(wrapped, NONCE_BYTES);
      return cipher(Cipher.DECRYPT_MODE, nonce, name)
          .doFinal(wrapped, NONCE_BYTES, wrapped.length - NONCE_BYTES);
    } catch (AEADBadTagException e) {
      throw new KeyException(
          "The secret of %s was changed, or wrapped under another master key.".formatted(name), e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new KeyException("The secret of %s can't be unwrapped.".formatted(name), e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String name) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(name.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private static String idOf(byte[] bytes) {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(sum, 0, ID_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform must have SHA-256.", e);
    }
  }
}
