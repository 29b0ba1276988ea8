package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;

/**
 * What the probe dumps and restores: a process with a listening and an established TCP socket that
 * counts, in the file it is given, how often a byte came through. It ends by itself after two
 * minutes.
 */
public final class ProbeProgram {
  private static final long PAUSE_NANOS = 2_000_000;
  private static final int ROUNDS_MAX = 60_000;

  private ProbeProgram() {}

  public static void main(String[] args) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket server = new ServerSocket(0, 1, loopback);
        Socket client = new Socket(loopback, server.getLocalPort());
        Socket accepted = server.accept();
        RandomAccessFile counter = new RandomAccessFile(args[0], "rw")) {
      for (int round = 1; round <= ROUNDS_MAX; round++) {
        client.getOutputStream().write(round & 0x7f);
        if (accepted.getInputStream().read() != (round & 0x7f)) {
          throw new IOException("the connection lost a byte");
        }
        counter.seek(0);
        counter.writeLong(round);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }
}
