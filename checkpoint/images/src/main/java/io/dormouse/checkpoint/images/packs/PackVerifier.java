package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Future;

/** Reads a pack back. */
final class PackVerifier {
  /** What a block must stand. */
  interface BlockCheck {
    void check(PackReader pack, int number) throws IOException, CorruptPackException;
  }

  private PackVerifier() {}

  /** Every chunk must be what its name says. */
  static BlockCheck names(PackWorkers workers) {
    return (pack, number) -> checkNames(pack.footer(), number, pack.block(number), workers);
  }

  /** Every block must be what was sealed, to the bit. */
  static BlockCheck seals() {
    return PackReader::unseal;
  }

  /**
   * Reads all of a pack.
   *
   * @return how many chunks it has
   * @throws CorruptPackException when anything is not as it was written
   */
  static int verify(UUID pack, PackWorkers workers, ReadableBlob blob, BlockCheck check)
      throws IOException, CorruptPackException {
    Queue<Future<?>> ahead = new ArrayDeque<>();
    try (PackReader reader = PackReader.open(pack, workers.keys().packKey(pack), blob)) {
      try {
        for (int block = 0; block < reader.footer().blocks(); block += PackFormat.BATCH_BLOCKS) {
          int first = block;
          if (ahead.size() == workers.tasksInFlightMax()) {
            PackWorkers.result(ahead.remove());
          }
          ahead.add(
              workers.submit(
                  () -> {
                    verify(reader, first, check);
                    return first;
                  }));
        }
        while (!ahead.isEmpty()) {
          PackWorkers.result(ahead.remove());
        }
        return reader.footer().chunks();
      } finally {
        ahead.forEach(PackWorkers::awaitEnd);
      }
    }
  }

  private static void verify(PackReader reader, int first, BlockCheck check)
      throws IOException, CorruptPackException {
    int end = Math.min(reader.footer().blocks(), first + PackFormat.BATCH_BLOCKS);
    for (int number = first; number < end; number++) {
      check.check(reader, number);
    }
  }

  static void checkNames(PackFooter footer, int number, byte[] block, PackWorkers workers)
      throws CorruptPackException {
    int first = number * PackFormat.BLOCK_CHUNKS;
    ChunkHasher hasher = workers.borrowHasher();
    try {
      for (int offset = 0, chunk = first;
          offset < block.length;
          offset += PackFormat.CHUNK_BYTES, chunk++) {
        hasher.hash(block, offset, PackFormat.CHUNK_BYTES);
        if (hasher.high() != footer.idHigh(chunk) || hasher.low() != footer.idLow(chunk)) {
          throw new CorruptPackException("chunk " + chunk + " is not what its name says");
        }
      }
    } finally {
      workers.giveBack(hasher);
    }
  }
}
