package io.dormouse.checkpoint.images.packs;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/** Compresses and seals the blocks of one pack, and the way back. Not thread-safe. */
final class BlockCodec implements AutoCloseable {
  private static final int LEVEL = 1;
  private static final int NONCE_BYTES = 12;

  /** What zstd must save for a block to be stored compressed. */
  private static final double WORTH_IT = 0.97;

  private final SecretKey key;
  private final Cipher cipher;
  private final ZstdCompressCtx compressor = new ZstdCompressCtx().setLevel(LEVEL);
  private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
  private final byte[] room = new byte[bound(PackFormat.BLOCK_BYTES)];

  /** A block as it is stored. */
  static final class Sealed {
    final byte[] bytes;
    final boolean compressed;

    private Sealed(byte[] bytes, boolean compressed) {
      this.bytes = bytes;
      this.compressed = compressed;
    }
  }

  BlockCodec(SecretKey key) {
    this.key = key;
    this.cipher = Crypto.aesGcm();
  }

  /**
   * Seals a block.
   *
   * @param number of the block; once per pack
   * @param context what the block is bound to besides its number and key
   */
  Sealed seal(int number, byte[] raw, int offset, int rawLength, byte[] context) {
    byte[] packed = rawLength <= PackFormat.BLOCK_BYTES ? room : new byte[bound(rawLength)];
    int length = compressor.compressByteArray(packed, 0, packed.length, raw, offset, rawLength);
    boolean worthIt = length < rawLength * WORTH_IT;
    try {
      init(Cipher.ENCRYPT_MODE, number, worthIt, rawLength, context);
      return new Sealed(
          worthIt ? cipher.doFinal(packed, 0, length) : cipher.doFinal(raw, offset, rawLength),
          worthIt);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/GCM must take any block.", e);
    }
  }

  private static int bound(int rawLength) {
    return Math.toIntExact(Zstd.compressBound(rawLength));
  }

  /** Seals a block that compression is not tried on. */
  byte[] sealRaw(int number, byte[] raw, byte[] context) {
    try {
      init(Cipher.ENCRYPT_MODE, number, false, raw.length, context);
      return cipher.doFinal(raw);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES/GCM must take any block.", e);
    }
  }

  /**
   * Opens a block.
   *
   * @param rawLength what it must have once it is opened
   * @throws CorruptPackException when it is not what was sealed under this number, key and context
   */
  byte[] open(int number, byte[] stored, boolean compressed, int rawLength, byte[] context)
      throws CorruptPackException {
    byte[] packed = unseal(number, stored, compressed, rawLength, context);
    if (!compressed) {
      return packed;
    }
    byte[] raw = new byte[rawLength];
    try {
      int length = decompressor.decompressByteArray(raw, 0, rawLength, packed, 0, packed.length);
      if (length != rawLength) {
        throw new CorruptPackException(
            "block %d has %d bytes, not %d".formatted(number, length, rawLength));
      }
      return raw;
    } catch (ZstdException e) {
      throw new CorruptPackException("block " + number + " can't be decompressed", e);
    }
  }

  /**
   * Makes sure that a block is what was sealed, and leaves it compressed.
   *
   * @throws CorruptPackException as {@link #open}
   */
  byte[] unseal(int number, byte[] stored, boolean compressed, int rawLength, byte[] context)
      throws CorruptPackException {
    try {
      init(Cipher.DECRYPT_MODE, number, compressed, rawLength, context);
      return cipher.doFinal(stored);
    } catch (AEADBadTagException e) {
      throw new CorruptPackException("block " + number + " was changed, or its key is another", e);
    } catch (GeneralSecurityException e) {
      throw new CorruptPackException("block " + number + " can't be opened", e);
    }
  }

  private void init(int mode, int number, boolean compressed, int rawLength, byte[] context)
      throws GeneralSecurityException {
    byte[] nonce =
        ByteBuffer.allocate(NONCE_BYTES).putInt(NONCE_BYTES - Integer.BYTES, number).array();
    cipher.init(mode, key, new GCMParameterSpec(PackFormat.TAG_BYTES * Byte.SIZE, nonce));
    cipher.updateAAD(context);
    cipher.updateAAD(
        ByteBuffer.allocate(Integer.BYTES + 1)
            .putInt(rawLength)
            .put((byte) (compressed ? 1 : 0))
            .flip());
  }

  @Override
  public void close() {
    compressor.close();
    decompressor.close();
  }
}
