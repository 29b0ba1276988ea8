package io.dormouse.checkpoint.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A network between two ends that breaks, or stands still, when so many bytes have come. */
final class CuttingProxy implements AutoCloseable {
  private final int target;
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
  private final AtomicInteger cuts = new AtomicInteger();
  private final CountDownLatch stalled = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile long every;
  private volatile int cutsMax;
  private volatile boolean stalls;
  private volatile boolean refuses;
  private volatile boolean refusesAfterCut;

  CuttingProxy(int target) throws IOException {
    this.target = target;
    threads.execute(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Cuts all connections whenever so many bytes came from the target. */
  void cutAfter(long bytes, int times) {
    every = bytes;
    cutsMax = times;
    left.set(bytes);
  }

  void refuseAfterCut() {
    refusesAfterCut = true;
  }

  void stallAfter(long bytes) {
    stalls = true;
    left.set(bytes);
  }

  /** Connections that stand still break, and new ones are as they should be. */
  void heal() {
    refuses = false;
    stalls = false;
    left.set(Long.MAX_VALUE);
    cut();
  }

  int cuts() {
    return cuts.get();
  }

  boolean isStalled() {
    return stalled.getCount() == 0;
  }

  private void accept() {
    try {
      while (true) {
        Socket near = listener.accept();
        if (refuses) {
          near.close();
          continue;
        }
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(near);
        sockets.add(far);
        threads.execute(() -> pump(near, far, false));
        threads.execute(() -> pump(far, near, true));
      }
    } catch (IOException end) {
      cut();
    }
  }

  private void pump(Socket from, Socket to, boolean counted) {
    byte[] buffer = new byte[16_384];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int some = in.read(buffer); some >= 0; some = in.read(buffer)) {
        if (counted && left.addAndGet(-some) < 0) {
          trouble();
        }
        out.write(buffer, 0, some);
      }
    } catch (IOException end) {
      sockets.remove(from);
    } finally {
      close(from);
      close(to);
    }
  }

  private void trouble() throws IOException {
    if (stalls) {
      stalled.countDown();
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new IOException("stood still until the end");
    }
    refuses = refusesAfterCut;
    left.set(cuts.incrementAndGet() < cutsMax ? every : Long.MAX_VALUE);
    cut();
    throw new IOException("cut");
  }

  private void cut() {
    sockets.forEach(CuttingProxy::close);
    sockets.clear();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    closed.countDown();
    cut();
    threads.shutdownNow();
  }
}
