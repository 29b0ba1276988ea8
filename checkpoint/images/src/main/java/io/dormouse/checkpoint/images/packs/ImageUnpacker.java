package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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
  private static final int MOVED_AT_ONCE = 256;

  private final PageTable table;
  private final PackWorkers workers;
  private final List<Cursor> packs = new ArrayList<>();
  private final Future<byte[]> zeros =
      CompletableFuture.completedFuture(new byte[PackFormat.BLOCK_BYTES]);

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
        unpacker.packs.add(new Cursor(reader, CompletableFuture.completedFuture(new byte[0])));
      }
      return unpacker;
    } catch (IOException | CorruptPackException | RuntimeException e) {
      unpacker.close();
      throw e;
    }
  }

  /**
   * Writes all files below a directory. Another image's that are there become this one's: what both
   * have is not read again. On failure they are neither.
   *
   * @param was what is there, exactly as it was unpacked; of no files if the directory is empty
   * @throws CorruptPackException when a pack is not as it was written
   */
  void unpack(Path directory, PageTable was) throws IOException, CorruptPackException {
    Map<String, PackedFile> older = new HashMap<>();
    for (PackedFile file : was.files()) {
      older.put(file.path(), file);
    }
    for (PackedFile file : table.files()) {
      Path path = below(directory, file);
      Files.createDirectories(path.getParent());
      PackedFile there = older.remove(file.path());
      write(file, path, there == null ? PageMoves.intoHoles(file.runs()) : moves(file, there, was));
      Files.setAttribute(path, "unix:mode", file.mode());
    }
    for (PackedFile file : older.values()) {
      Files.delete(below(directory, file));
    }
  }

  private static Path below(Path directory, PackedFile file) throws CorruptPackException {
    Path path = directory.resolve(file.path()).normalize();
    if (!path.startsWith(directory)) {
      throw new CorruptPackException("a file's path (%s) leads out".formatted(file.path()));
    }
    return path;
  }

  private PageMoves moves(PackedFile file, PackedFile there, PageTable was) {
    return PageMoves.within(there.runs(), was.packs(), file.runs(), table.packs());
  }

  private void write(PackedFile file, Path path, PageMoves moves)
      throws IOException, CorruptPackException {
    try (RandomAccessFile whole = new RandomAccessFile(path.toFile(), "rw")) {
      // Pages are whole while they move.
      whole.setLength(wholePages(Math.max(whole.length(), file.sizeBytes())));
      FileChannel channel = whole.getChannel();
      if (!moves.moves().isEmpty()) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(MOVED_AT_ONCE * PackFormat.CHUNK_BYTES);
        for (PageMoves.Move move : moves.moves()) {
          make(move, channel, buffer);
        }
      }
      writeRest(file, channel, moves.right());
      whole.setLength(file.sizeBytes());
    }
  }

  private static long wholePages(long bytes) {
    return (bytes + PackFormat.CHUNK_BYTES - 1) / PackFormat.CHUNK_BYTES * PackFormat.CHUNK_BYTES;
  }

  /** To the left from its begin on, to the right from its end on, as the places may overlap. */
  private static void make(PageMoves.Move move, FileChannel file, ByteBuffer buffer)
      throws IOException {
    for (int done = 0; done < move.pages(); done += MOVED_AT_ONCE) {
      int pages = Math.min(MOVED_AT_ONCE, move.pages() - done);
      int at = move.to() < move.from() ? done : move.pages() - done - pages;
      buffer.clear().limit(pages * PackFormat.CHUNK_BYTES);
      long from = (long) (move.from() + at) * PackFormat.CHUNK_BYTES;
      while (buffer.hasRemaining()) {
        if (file.read(buffer, from + buffer.position()) < 0) {
          throw new EOFException("the file is shorter than its image says");
        }
      }
      write(buffer.flip(), file, (long) (move.to() + at) * PackFormat.CHUNK_BYTES);
    }
  }

  private void writeRest(PackedFile file, FileChannel channel, BitSet right)
      throws IOException, CorruptPackException {
    Queue<Piece> ahead = new ArrayDeque<>();
    try {
      int index = 0;
      PageRuns runs = file.runs();
      for (int run = 0; run < runs.size(); run++) {
        int end = index + runs.count(run);
        int next = right.nextClearBit(index);
        while (next < end) {
          int set = right.nextSetBit(next);
          Piece piece =
              piece(runs, run, next - index, (set < 0 ? end : Math.min(end, set)) - next, next);
          ahead.add(piece);
          next = right.nextClearBit(next + piece.bytes() / PackFormat.CHUNK_BYTES);
          if (ahead.size() == AHEAD) {
            write(ahead.remove(), channel);
          }
        }
        index = end;
      }
      while (!ahead.isEmpty()) {
        write(ahead.remove(), channel);
      }
    } finally {
      ahead.forEach(piece -> PackWorkers.awaitEnd(piece.block()));
    }
  }

  /**
   * Some of the {@code pages} from the {@code done}th of a run on, which belong to {@code index}.
   */
  private Piece piece(PageRuns runs, int run, int done, int pages, int index)
      throws CorruptPackException {
    long position = (long) index * PackFormat.CHUNK_BYTES;
    if (runs.pack(run) == PageRuns.ZEROS) {
      int some = Math.min(pages, PackFormat.BLOCK_CHUNKS);
      return new Piece(zeros, 0, some * PackFormat.CHUNK_BYTES, position);
    }
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
    int chunks = Math.min(pages, PackFormat.BLOCK_CHUNKS - inBlock);
    return new Piece(
        pack.opened, inBlock * PackFormat.CHUNK_BYTES, chunks * PackFormat.CHUNK_BYTES, position);
  }

  private static void write(Piece piece, FileChannel channel)
      throws IOException, CorruptPackException {
    byte[] block = PackWorkers.result(piece.block());
    if (piece.firstByte() + piece.bytes() > block.length) {
      throw new CorruptPackException("the page table points beyond a pack");
    }
    write(ByteBuffer.wrap(block, piece.firstByte(), piece.bytes()), channel, piece.position());
  }

  private static void write(ByteBuffer buffer, FileChannel channel, long position)
      throws IOException {
    long at = position;
    while (buffer.hasRemaining()) {
      at += channel.write(buffer, at);
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
