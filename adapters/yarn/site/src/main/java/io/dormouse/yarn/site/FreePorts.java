package io.dormouse.yarn.site;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports of the loopback interface that were free when asked for. */
final class FreePorts {
  private final List<Integer> ports;
  private int next;

  private FreePorts(List<Integer> ports) {
    this.ports = ports;
  }

  /** Finds distinct ports. */
  static FreePorts find(int count) throws IOException {
    List<ServerSocket> open = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        open.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return new FreePorts(open.stream().map(ServerSocket::getLocalPort).toList());
    } finally {
      for (ServerSocket socket : open) {
        socket.close();
      }
    }
  }

  /** The next address, as in {@code 127.0.0.1:40123}. */
  String address() {
    return "127.0.0.1:" + ports.get(next++);
  }
}
