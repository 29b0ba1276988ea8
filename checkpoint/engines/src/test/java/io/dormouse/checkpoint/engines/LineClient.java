package io.dormouse.checkpoint.engines;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.awaitility.Awaitility;

/** One TCP connection to a server of this machine; it never opens another. */
final class LineClient implements Closeable {
  private final Socket socket;
  private final InputStream in;

  private LineClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  /** Connects once there is a server. */
  static LineClient connect(int port) {
    return Awaitility.await()
        .atMost(Home.LIMIT)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> open(port), client -> true);
  }

  private static LineClient open(int port) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout((int) Home.LIMIT.toMillis());
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
    return new LineClient(socket);
  }

  void say(String line) throws IOException {
    socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  String hear() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the server closed the connection");
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.UTF_8).strip();
  }

  String ask(String line) throws IOException {
    say(line);
    return hear();
  }

  String hear(int bytes) throws IOException {
    return new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
  }

  void request(String path) throws IOException {
    say("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
  }

  /** The body of an HTTP answer. */
  String answer() throws IOException {
    String status = hear();
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IOException("the server answered " + status);
    }
    int length = 0;
    for (String header = hear(); !header.isEmpty(); header = hear()) {
      if (header.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(15).strip());
      }
    }
    return hear(length).strip();
  }

  String get(String path) throws IOException {
    request(path);
    return answer();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
