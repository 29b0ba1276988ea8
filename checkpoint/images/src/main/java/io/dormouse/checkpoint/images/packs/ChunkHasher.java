package io.dormouse.checkpoint.images.packs;

import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * Names chunks: the first 128 bits of HMAC-SHA256 (RFC 2104) under the domain's key. Equal chunks
 * of one domain have equal names; without the key a name says nothing of its chunk. Not
 * thread-safe.
 */
final class ChunkHasher {
  private final Mac mac;
  private final byte[] sum = new byte[32];
  private final ByteBuffer words = ByteBuffer.wrap(sum);

  ChunkHasher(SecretKey key) {
    mac = Crypto.hmac();
    try {
      mac.init(key);
    } catch (InvalidKeyException e) {
      throw new IllegalArgumentException("The key must be for HMAC-SHA256.", e);
    }
  }

  /** Computes the name of a chunk: {@link #high} and {@link #low}. */
  void hash(byte[] bytes, int offset, int length) {
    mac.update(bytes, offset, length);
    try {
      mac.doFinal(sum, 0);
    } catch (javax.crypto.ShortBufferException e) {
      throw new IllegalStateException("HMAC-SHA256 must have 32 bytes.", e);
    }
  }

  long high() {
    return words.getLong(0);
  }

  long low() {
    return words.getLong(Long.BYTES);
  }
}
