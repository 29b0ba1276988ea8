package io.dormouse.checkpoint.images.packs;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file from begin to end, also while it grows; workers name its chunks a few segments
 * ahead. Not thread-safe.
 */
final class SegmentReader implements Closeable {
  private static final int AHEAD = 6;

  private final FileChannel file;
  private final PackWorkers workers;
  private final Queue<Future<Segment>> ahead = new ArrayDeque<>();
  private final Queue<Segment> free = new ArrayDeque<>();
  private @Nullable Segment filling;
  private int filled;
  private long read;

  SegmentReader(Path path, PackWorkers workers) throws IOException {
    this.file = FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    this.workers = workers;
  }

  /**
   * The next segment, to be {@link #recycle}d; or null when there is none.
   *
   * @param complete whether the file grows no more: else only whole segments are taken
   */
  @Nullable Segment next(boolean complete) throws IOException {
    boolean more = true;
    while (more && ahead.size() < AHEAD) {
      more = readAhead(complete);
    }
    Future<Segment> first = ahead.poll();
    if (first == null) {
      return null;
    }
    try {
      return first.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Naming chunks must not fail.", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted while packing").initCause(e);
    }
  }

  /** Whether it was worth it. */
  private boolean readAhead(boolean complete) throws IOException {
    Segment segment = filling == null ? fresh() : filling;
    ByteBuffer buffer = ByteBuffer.wrap(segment.bytes).position(filled);
    int length = 0;
    while (length >= 0 && buffer.hasRemaining()) {
      length = file.read(buffer);
    }
    read += buffer.position() - filled;
    filled = buffer.position();
    boolean taken = filled == Segment.BYTES || (complete && filled > 0);
    if (taken) {
      ahead.add(workers.hash(segment.filled(filled)));
      filled = 0;
    }
    filling = taken ? null : segment;
    return taken;
  }

  private Segment fresh() {
    Segment reused = free.poll();
    return reused == null ? new Segment() : reused;
  }

  /** Takes a segment back whose bytes are no longer wanted. */
  void recycle(Segment segment) {
    free.add(segment);
  }

  /** Bytes read up to now; the file's length at the end. */
  long bytesRead() {
    return read;
  }

  @Override
  public void close() throws IOException {
    ahead.forEach(task -> task.cancel(false));
    file.close();
  }
}
