package io.dormouse.checkpoint.images.packs;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file from begin to end, also while it grows; workers read and name its chunks a few
 * segments ahead. Not thread-safe.
 */
final class SegmentReader implements Closeable {
  private static final int AHEAD = 8;

  private final PageSource file;
  private final PackWorkers workers;
  private final Queue<Future<Segment>> ahead = new ArrayDeque<>();
  private final Queue<Segment> free = new ArrayDeque<>();
  private long asked;
  private long taken;

  /** Reads {@code file}, and closes it in the end. */
  SegmentReader(PageSource file, PackWorkers workers) {
    this.file = file;
    this.workers = workers;
  }

  /**
   * The next segment, to be {@link #recycle}d; or null when there is none.
   *
   * @param complete whether the file grows no more: else only whole segments are taken
   */
  @Nullable Segment next(boolean complete) throws IOException, CorruptPackException {
    long size = file.bytes();
    while (ahead.size() < AHEAD && asked + (complete ? 1 : Segment.BYTES) <= size) {
      Segment reused = free.poll();
      Segment segment = reused == null ? new Segment() : reused;
      int length = (int) Math.min(Segment.BYTES, size - asked);
      ahead.add(workers.read(segment, file, asked, length));
      asked += length;
    }
    Future<Segment> first = ahead.poll();
    if (first == null) {
      return null;
    }
    Segment next = PackWorkers.result(first);
    taken += next.length();
    return next;
  }

  /** Takes a segment back whose bytes are no longer wanted. */
  void recycle(Segment segment) {
    free.add(segment);
  }

  /** Bytes of the segments that were taken; the file's length at the end. */
  long bytesTaken() {
    return taken;
  }

  @Override
  public void close() throws IOException {
    ahead.forEach(PackWorkers::awaitEnd);
    file.close();
  }
}
