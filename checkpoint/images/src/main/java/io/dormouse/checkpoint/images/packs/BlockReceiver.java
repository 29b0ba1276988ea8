package io.dormouse.checkpoint.images.packs;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.PrimitiveIterator;
import java.util.Queue;
import java.util.concurrent.Future;

/**
 * Cuts what comes from another store into blocks, which workers open and hold against the names of
 * their chunks; hands them on in order. A bounded number is under way. Not thread-safe.
 */
final class BlockReceiver implements PackSource.Sink, AutoCloseable {
  /** Takes blocks that are as they were sealed. */
  interface Taker {
    void take(int number, byte[] block) throws IOException, CorruptPackException;
  }

  private record Coming(int number, Future<byte[]> block) {}

  private final PackReader pack;
  private final PackWorkers workers;
  private final PrimitiveIterator.OfInt numbers;
  private final Taker taker;
  private final Queue<Coming> underWay = new ArrayDeque<>();
  private byte[] stored = new byte[0];
  private int number = -1;
  private int filled;

  /** {@code numbers} of the blocks that come, in their order. */
  BlockReceiver(
      PackReader pack, PackWorkers workers, PrimitiveIterator.OfInt numbers, Taker taker) {
    this.pack = pack;
    this.workers = workers;
    this.numbers = numbers;
    this.taker = taker;
  }

  @Override
  public void take(byte[] bytes, int offset, int length) throws IOException, CorruptPackException {
    int from = offset;
    while (from < offset + length) {
      if (number < 0) {
        begin();
      }
      int some = Math.min(stored.length - filled, offset + length - from);
      System.arraycopy(bytes, from, stored, filled, some);
      from += some;
      filled += some;
      if (filled == stored.length) {
        open();
      }
    }
  }

  private void begin() throws CorruptPackException {
    if (!numbers.hasNext()) {
      throw new CorruptPackException("more of it came than was asked for");
    }
    number = numbers.nextInt();
    stored = new byte[pack.footer().storedBytes(number)];
    filled = 0;
  }

  private void open() throws IOException, CorruptPackException {
    if (underWay.size() == workers.tasksInFlightMax()) {
      handOn();
    }
    int complete = number;
    byte[] sealed = stored;
    underWay.add(
        new Coming(
            complete,
            workers.submit(
                () -> {
                  byte[] block = pack.open(complete, sealed);
                  PackVerifier.checkNames(pack.footer(), complete, block, workers);
                  return block;
                })));
    number = -1;
  }

  private void handOn() throws IOException, CorruptPackException {
    Coming oldest = underWay.element();
    byte[] block = PackWorkers.result(oldest.block());
    underWay.remove();
    taker.take(oldest.number(), block);
  }

  /**
   * Waits for the last.
   *
   * @throws CorruptPackException when a block is not as it was sealed
   * @throws IOException when not all came
   */
  void finish() throws IOException, CorruptPackException {
    if (number >= 0 || numbers.hasNext()) {
      throw new IOException("less of a pack came than was asked for");
    }
    while (!underWay.isEmpty()) {
      handOn();
    }
  }

  @Override
  public void close() {
    underWay.forEach(coming -> PackWorkers.awaitEnd(coming.block()));
    stored = Arrays.copyOf(stored, 0);
  }
}
