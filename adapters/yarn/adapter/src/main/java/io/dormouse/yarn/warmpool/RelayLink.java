package io.dormouse.yarn.warmpool;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's relay: lines out through a bounded queue, since a frozen worker reads nothing. One
 * thread reads, one writes, any may offer or close.
 */
final class RelayLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RelayLink.class);
  private static final int LINES_WAITING_MAX = 1_000;

  private final Socket socket;
  private final InputStream in;
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES_WAITING_MAX);
  private volatile boolean closed;
  private volatile @Nullable Thread writer;

  RelayLink(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  boolean offer(String line) {
    return lines.offer(line);
  }

  /** Writes what is offered until the link closes. */
  void write() {
    writer = Thread.currentThread();
    try {
      OutputStream out = socket.getOutputStream();
      while (!closed) {
        out.write((lines.take() + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } catch (IOException e) {
      LOG.debug("A relay takes no more lines: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  /**
   * The next line without its end; null when there is none. A line that the end of the stream cuts
   * off is none.
   */
  @Nullable String readLine(int lengthMax) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c == '\n') {
        return line.toString(StandardCharsets.UTF_8);
      }
      if (line.size() == lengthMax) {
        throw new LineTooLongException();
      }
      line.write(c);
    }
    return null;
  }

  /**
   * The first line, within a time that covers all of it.
   *
   * @throws java.net.SocketTimeoutException when it takes longer
   */
  @Nullable String readHello(int lengthMax, int millisMax) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millisMax);
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    while (line.size() < lengthMax) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      socket.setSoTimeout((int) Math.max(1, left));
      int c = in.read();
      if (c < 0) {
        return null;
      } else if (c == '\n') {
        socket.setSoTimeout(0);
        return line.toString(StandardCharsets.UTF_8);
      }
      line.write(c);
      if (left <= 0) {
        throw new SocketTimeoutException("It took too long to say who it is.");
      }
    }
    throw new LineTooLongException();
  }

  @Override
  public void close() {
    closed = true;
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("A relay did not close: {}", e.toString());
    }
    Thread running = writer;
    if (running != null) {
      running.interrupt();
    }
  }

  /** A line goes on past the longest allowed. */
  static final class LineTooLongException extends IOException {
    LineTooLongException() {
      super("A line is too long.");
    }
  }
}
