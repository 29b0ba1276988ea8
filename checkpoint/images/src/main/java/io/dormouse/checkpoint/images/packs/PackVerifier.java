package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Future;

/** Reads a pack back. */
final class PackVerifier {
  /** What an opened block must stand. */
  interface BlockCheck {
    void check(PackFooter footer, int number, byte[] block) throws CorruptPackException;
  }

  private PackVerifier() {}

  /** Every chunk must be what its name says. */
  static BlockCheck names(PackWorkers workers) {
    return (footer, number, block) -> checkNames(footer, number, block, workers);
  }

  /** Every block must have the sum that it had before it was sealed. */
  static BlockCheck sums(Map<Integer, Integer> sums) {
    return (footer, number, block) -> {
      Integer sum = sums.get(number);
      if (sum == null || sum != PackWriter.sum(block, 0, block.length)) {
        throw new CorruptPackException("block " + number + " is not what was sealed");
      }
    };
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
      check.check(reader.footer(), number, reader.block(number));
    }
  }

  private static void checkNames(PackFooter footer, int number, byte[] block, PackWorkers workers)
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
