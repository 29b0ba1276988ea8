package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Future;

/** Reads a pack back and holds every chunk against its name. */
final class PackVerifier {
  private PackVerifier() {}

  /**
   * Reads all of a pack.
   *
   * @return how many chunks it has
   * @throws CorruptPackException when anything is not as it was written
   */
  static int verify(UUID pack, PackWorkers workers, ReadableBlob blob)
      throws IOException, CorruptPackException {
    Queue<Future<?>> ahead = new ArrayDeque<>();
    try (PackReader reader = PackReader.open(pack, workers.keys().packKey(pack), blob)) {
      try {
        for (int block = 0; block < reader.footer().blocks(); block++) {
          int number = block;
          if (ahead.size() == workers.blocksInFlightMax()) {
            PackWorkers.result(ahead.remove());
          }
          ahead.add(
              workers
                  .threads()
                  .submit(
                      () -> {
                        verify(reader, number, workers);
                        return number;
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

  private static void verify(PackReader reader, int number, PackWorkers workers)
      throws IOException, CorruptPackException {
    byte[] block = reader.block(number);
    int first = number * PackFormat.BLOCK_CHUNKS;
    ChunkHasher hasher = workers.borrowHasher();
    try {
      for (int offset = 0, chunk = first;
          offset < block.length;
          offset += PackFormat.CHUNK_BYTES, chunk++) {
        hasher.hash(block, offset, PackFormat.CHUNK_BYTES);
        if (hasher.high() != reader.footer().idHigh(chunk)
            || hasher.low() != reader.footer().idLow(chunk)) {
          throw new CorruptPackException("chunk " + chunk + " is not what its name says");
        }
      }
    } finally {
      workers.giveBack(hasher);
    }
  }
}
