package io.dormouse.checkpoint.images.packs;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Names chunks by 128 bits: a universal hash of the chunk, then a pseudo-random function of that
 * (Wegman and Carter: <i>New hash functions and their use in authentication and set equality</i>,
 * 1981). The hash is GMAC (NIST SP 800-38D) under a nonce that is always the same, which is safe as
 * long as nobody sees it; what is seen is its AES block under another key. Equal chunks of one
 * domain have equal names; without the keys a name says nothing of its chunk, and no two chunks of
 * one name can be looked for. Processors compute it several times as quickly as a cryptographic
 * hash. Not thread-safe.
 */
final class ChunkHasher {
  private static final int NAME_BYTES = 16;
  private static final GCMParameterSpec NONCE = nonce(0);

  /** Ciphers refuse a nonce that they used last; this one is used for nothing. */
  private static final GCMParameterSpec OTHER_NONCE = nonce(1);

  private final SecretKey hashKey;
  private final Cipher hash;
  private final Cipher seal;
  private final byte[] tag = new byte[NAME_BYTES];
  private final byte[] name = new byte[NAME_BYTES];
  private final ByteBuffer words = ByteBuffer.wrap(name);

  /**
   * Names under two keys for AES.
   *
   * @param sealKey must be another one
   */
  ChunkHasher(SecretKey hashKey, SecretKey sealKey) {
    this.hashKey = hashKey;
    this.hash = Crypto.aesGcm();
    this.seal = Crypto.aesBlock();
    try {
      seal.init(Cipher.ENCRYPT_MODE, sealKey);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("The key must be for AES.", e);
    }
  }

  private static GCMParameterSpec nonce(int last) {
    byte[] nonce = new byte[12];
    nonce[11] = (byte) last;
    return new GCMParameterSpec(NAME_BYTES * Byte.SIZE, nonce);
  }

  /** Computes the name of a chunk: {@link #high} and {@link #low}. */
  void hash(byte[] bytes, int offset, int length) {
    try {
      hash.init(Cipher.ENCRYPT_MODE, hashKey, OTHER_NONCE);
      hash.init(Cipher.ENCRYPT_MODE, hashKey, NONCE);
      hash.updateAAD(bytes, offset, length);
      hash.doFinal(tag, 0);
      seal.doFinal(tag, 0, NAME_BYTES, name, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES must take a key, a nonce and a block.", e);
    }
  }

  long high() {
    return words.getLong(0);
  }

  long low() {
    return words.getLong(Long.BYTES);
  }
}
