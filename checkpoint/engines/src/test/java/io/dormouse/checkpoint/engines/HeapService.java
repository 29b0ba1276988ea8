package io.dormouse.checkpoint.engines;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A service on a port: answers each line with the line, how many there were, whether its heap is
 * sound, and how often its ticker ran. The heap grows with each line.
 */
public final class HeapService {
  private static final int FIRST_ENTRIES = 50_000;

  private final Map<String, long[]> entries = new HashMap<>();
  private final Deque<long[]> order = new ArrayDeque<>();
  private final AtomicLong ticks = new AtomicLong();
  private long checksum;
  private long lines;

  public static void main(String[] args) throws IOException {
    HeapService service = new HeapService();
    for (int i = 0; i < FIRST_ENTRIES; i++) {
      service.add();
    }
    start(service::tick);
    try (ServerSocket server =
        new ServerSocket(Integer.parseInt(args[0]), 50, InetAddress.getLoopbackAddress())) {
      while (true) {
        Socket client = server.accept();
        start(() -> service.serve(client));
      }
    }
  }

  private static void start(Runnable body) {
    Thread thread = new Thread(body);
    thread.setDaemon(true);
    thread.start();
  }

  private void add() {
    long[] entry = {entries.size(), entries.size() * 0x9E3779B97F4A7C15L};
    entries.put("entry " + entry[0], entry);
    order.add(entry);
    checksum = checksum * 31 + entry[1];
  }

  private synchronized String answer(String line) {
    lines++;
    add();
    return "%s %d %s %d".formatted(line, lines, isSound() ? "sound" : "broken", ticks.get());
  }

  private boolean isSound() {
    long again = 0;
    long index = 0;
    for (long[] entry : order) {
      if (entry[0] != index || entries.get("entry " + index) != entry) {
        return false;
      }
      again = again * 31 + entry[1];
      index++;
    }
    return again == checksum && index == FIRST_ENTRIES + lines;
  }

  private void tick() {
    while (true) {
      ticks.incrementAndGet();
      LockSupport.parkNanos(1_000_000);
    }
  }

  private void serve(Socket client) {
    try (client;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(client.getOutputStream(), true, StandardCharsets.UTF_8)) {
      client.setTcpNoDelay(true);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.print(answer(line) + "\n");
        out.flush();
      }
    } catch (IOException e) {
      // The client went.
      return;
    }
  }
}
