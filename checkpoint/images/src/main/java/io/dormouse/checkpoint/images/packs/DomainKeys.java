package io.dormouse.checkpoint.images.packs;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of one dedup domain (an owner, or a declared group of owners), all made from its secret
 * by HMAC-SHA256 as a pseudo-random function: to destroy the secret is to erase all packs of the
 * domain. Thread-safe.
 */
public final class DomainKeys {
  /** Length of a secret. */
  public static final int SECRET_BYTES = 32;

  private final SecretKey chunkHashes;
  private final SecretKey chunkNames;
  private final SecretKey packs;
  private final SecretKey tables;

  /**
   * Derives the keys.
   *
   * @param secret {@value #SECRET_BYTES} random bytes; copied
   */
  public DomainKeys(byte[] secret) {
    if (secret.length != SECRET_BYTES) {
      throw new IllegalArgumentException(
          "The secret of a domain (%d bytes) must have %d bytes."
              .formatted(secret.length, SECRET_BYTES));
    }
    SecretKey root = new SecretKeySpec(secret, Crypto.HMAC);
    chunkHashes = new SecretKeySpec(derive(root, bytes("chunk hashes")), "AES");
    chunkNames = new SecretKeySpec(derive(root, bytes("chunk names")), "AES");
    packs = new SecretKeySpec(derive(root, bytes("packs")), Crypto.HMAC);
    tables = new SecretKeySpec(derive(root, bytes("page tables")), Crypto.HMAC);
  }

  /** Whether they are of the same secret. */
  boolean areSameAs(DomainKeys other) {
    return MessageDigest.isEqual(packs.getEncoded(), other.packs.getEncoded());
  }

  /** Names the domain's chunks. */
  ChunkHasher hasher() {
    return new ChunkHasher(chunkHashes, chunkNames);
  }

  /** The key under which a pack is sealed. */
  SecretKey packKey(UUID pack) {
    return of(packs, pack);
  }

  /** A key under which one page table is sealed. */
  SecretKey tableKey(UUID salt) {
    return of(tables, salt);
  }

  private static SecretKey of(SecretKey family, UUID name) {
    byte[] bytes =
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(name.getMostSignificantBits())
            .putLong(name.getLeastSignificantBits())
            .array();
    return new SecretKeySpec(derive(family, bytes), "AES");
  }

  private static byte[] derive(SecretKey key, byte[] label) {
    Mac mac = Crypto.hmac();
    try {
      mac.init(key);
    } catch (InvalidKeyException e) {
      throw new IllegalArgumentException("The key must be for HMAC-SHA256.", e);
    }
    return mac.doFinal(label);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
