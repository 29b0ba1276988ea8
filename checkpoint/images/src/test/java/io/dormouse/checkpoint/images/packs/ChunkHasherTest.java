package io.dormouse.checkpoint.images.packs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class ChunkHasherTest {
  private static final SecretKey HASH = key(1);
  private static final SecretKey SEAL = key(2);

  private final ChunkHasher hasher = new ChunkHasher(HASH, SEAL);

  @Test
  void a_name_is_the_sealed_mac_of_the_chunk() throws GeneralSecurityException {
    byte[] chunk = random(PackFormat.CHUNK_BYTES);
    Cipher mac = Cipher.getInstance("AES/GCM/NoPadding");
    mac.init(Cipher.ENCRYPT_MODE, HASH, new GCMParameterSpec(128, new byte[12]));
    mac.updateAAD(chunk);
    Cipher seal = Cipher.getInstance("AES/ECB/NoPadding");
    seal.init(Cipher.ENCRYPT_MODE, SEAL);
    ByteBuffer expected = ByteBuffer.wrap(seal.doFinal(mac.doFinal()));

    assertThat(name(hasher, chunk, 0, chunk.length))
        .containsExactly(expected.getLong(), expected.getLong());
  }

  @Test
  void equal_chunks_have_equal_names_wherever_they_lie_and_whatever_came_before() {
    byte[] chunk = random(PackFormat.CHUNK_BYTES);
    byte[] among = new byte[3 * chunk.length];
    System.arraycopy(chunk, 0, among, 777, chunk.length);

    List<Long> first = name(hasher, chunk, 0, chunk.length);
    name(hasher, among, 0, 100);

    assertThat(name(hasher, among, 777, chunk.length)).isEqualTo(first);
    assertThat(name(new ChunkHasher(HASH, SEAL), chunk, 0, chunk.length)).isEqualTo(first);
  }

  @Test
  void other_chunks_lengths_and_keys_have_other_names() {
    byte[] chunk = random(64);
    Set<List<Long>> names = new HashSet<>();
    for (int bit = 0; bit < chunk.length * Byte.SIZE; bit++) {
      chunk[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      names.add(name(hasher, chunk, 0, chunk.length));
      chunk[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
    }
    byte[] zeros = new byte[64];
    for (int length = 1; length <= zeros.length; length++) {
      names.add(name(hasher, zeros, 0, length));
    }
    names.add(name(new ChunkHasher(HASH, key(3)), chunk, 0, chunk.length));
    names.add(name(new ChunkHasher(key(3), SEAL), chunk, 0, chunk.length));

    assertThat(names).hasSize(64 * Byte.SIZE + 64 + 2);
  }

  private static List<Long> name(ChunkHasher hasher, byte[] bytes, int offset, int length) {
    hasher.hash(bytes, offset, length);
    return List.of(hasher.high(), hasher.low());
  }

  private static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    new Random(5).nextBytes(random);
    return random;
  }

  private static SecretKey key(int seed) {
    byte[] key = new byte[32];
    new Random(seed).nextBytes(key);
    return new SecretKeySpec(key, "AES");
  }
}
