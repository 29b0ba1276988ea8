package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Future;

/**
 * Makes an image's files anew from its packs. Workers open blocks some way ahead; each block is
 * opened once per stretch of the file that uses it. Pages of zeros become holes. Not thread-safe.
 */
final class ImageUnpacker implements Closeable {
  /** Where packs come from. */
  interface Source {
    ReadableBlob open(UUID pack) throws IOException;
  }

  private static final int AHEAD = 64;

  private final PageTable table;
  private final PackWorkers workers;
  private final List<Cursor> packs = new ArrayList<>();

  private ImageUnpacker(PageTable table, PackWorkers workers) {
    this.table = table;
    this.workers = workers;
  }

  /** A pack, and the block of it that was wanted last. */
  private static final class Cursor {
    final PackReader reader;
    int block = -1;
    Future<byte[]> opened;

    Cursor(PackReader reader, Future<byte[]> none) {
      this.reader = reader;
      this.opened = none;
    }
  }

  /** Some chunks of one block that follow each other in a file. */
  private record Piece(Future<byte[]> block, int firstByte, int bytes, long position) {}

  /**
   * Opens the packs of an image.
   *
   * @throws CorruptPackException when one is not as it was written
   */
  static ImageUnpacker open(PageTable table, PackWorkers workers, Source source)
      throws IOException, CorruptPackException {
    ImageUnpacker unpacker = new ImageUnpacker(table, workers);
    try {
      for (UUID pack : table.packs()) {
        PackReader reader = PackReader.open(pack, workers.keys().packKey(pack), source.open(pack));
        unpacker.packs.add(
            new Cursor(
                reader, java.util.concurrent.CompletableFuture.completedFuture(new byte[0])));
      }
      return unpacker;
    } catch (IOException | CorruptPackException | RuntimeException e) {
      unpacker.close();
      throw e;
    }
  }

  /**
   * Writes all files below a directory, which must be empty.
   *
   * @throws CorruptPackException when a pack is not as it was written
   */
  void unpack(Path directory) throws IOException, CorruptPackException {
    for (PackedFile file : table.files()) {
      Path path = directory.resolve(file.path()).normalize();
      if (!path.startsWith(directory)) {
        throw new CorruptPackException("a file's path (%s) leads out".formatted(file.path()));
      }
      Files.createDirectories(path.getParent());
      write(file, path);
      Files.setAttribute(path, "unix:mode", file.mode());
    }
  }

  private void write(PackedFile file, Path path) throws IOException, CorruptPackException {
    Queue<Piece> ahead = new ArrayDeque<>();
    try (RandomAccessFile whole = new RandomAccessFile(path.toFile(), "rw")) {
      whole.setLength(file.sizeBytes());
      FileChannel channel = whole.getChannel();
      long position = 0;
      PageRuns runs = file.runs();
      for (int run = 0; run < runs.size(); run++) {
        int done = runs.pack(run) == PageRuns.ZEROS ? runs.count(run) : 0;
        while (done < runs.count(run)) {
          Piece piece = piece(runs, run, done, position);
          ahead.add(piece);
          done += piece.bytes() / PackFormat.CHUNK_BYTES;
          if (ahead.size() == AHEAD) {
            write(ahead.remove(), channel, file.sizeBytes());
          }
        }
        position += (long) runs.count(run) * PackFormat.CHUNK_BYTES;
      }
      while (!ahead.isEmpty()) {
        write(ahead.remove(), channel, file.sizeBytes());
      }
    } finally {
      ahead.forEach(piece -> PackWorkers.awaitEnd(piece.block()));
    }
  }

  private Piece piece(PageRuns runs, int run, int done, long position) throws CorruptPackException {
    Cursor pack = packs.get(runs.pack(run));
    int chunk = runs.first(run) + done;
    if (chunk >= pack.reader.footer().chunks()) {
      throw new CorruptPackException("the page table points beyond a pack");
    }
    int block = chunk / PackFormat.BLOCK_CHUNKS;
    if (pack.block != block) {
      pack.block = block;
      pack.opened = workers.submit(() -> pack.reader.block(block));
    }
    int inBlock = chunk % PackFormat.BLOCK_CHUNKS;
    int chunks = Math.min(runs.count(run) - done, PackFormat.BLOCK_CHUNKS - inBlock);
    return new Piece(
        pack.opened,
        inBlock * PackFormat.CHUNK_BYTES,
        chunks * PackFormat.CHUNK_BYTES,
        position + (long) done * PackFormat.CHUNK_BYTES);
  }

  private static void write(Piece piece, FileChannel channel, long sizeBytes)
      throws IOException, CorruptPackException {
    byte[] block = PackWorkers.result(piece.block());
    if (piece.firstByte() + piece.bytes() > block.length) {
      throw new CorruptPackException("the page table points beyond a pack");
    }
    int bytes = (int) Math.min(piece.bytes(), sizeBytes - piece.position());
    ByteBuffer buffer = ByteBuffer.wrap(block, piece.firstByte(), bytes);
    long position = piece.position();
    while (buffer.hasRemaining()) {
      position += channel.write(buffer, position);
    }
  }

  @Override
  public void close() throws IOException {
    for (Cursor pack : packs) {
      PackWorkers.awaitEnd(pack.opened);
      pack.reader.close();
    }
  }
}
