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
 * Reads a file from begin to end; workers name its chunks a few segments ahead. Not thread-safe.
 */
final class SegmentReader implements Closeable {
  private static final int AHEAD = 6;

  private final FileChannel file;
  private final PackWorkers workers;
  private final Queue<Future<Segment>> ahead = new ArrayDeque<>();
  private final Queue<Segment> free = new ArrayDeque<>();
  private long read;
  private boolean ended;

  SegmentReader(Path path, PackWorkers workers) throws IOException {
    this.file = FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    this.workers = workers;
  }

  /** The next segment, to be {@link #recycle}d, or null at the end. */
  @Nullable Segment next() throws IOException {
    while (!ended && ahead.size() < AHEAD) {
      readAhead();
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

  private void readAhead() throws IOException {
    Segment reused = free.poll();
    Segment segment = reused == null ? new Segment() : reused;
    ByteBuffer buffer = ByteBuffer.wrap(segment.bytes);
    int length = 0;
    while (length >= 0 && buffer.hasRemaining()) {
      length = file.read(buffer);
    }
    ended = length < 0;
    read += buffer.position();
    if (buffer.position() > 0) {
      ahead.add(workers.hash(segment.filled(buffer.position())));
    }
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
