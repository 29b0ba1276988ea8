package io.dormouse.checkpoint.launcher;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The far end of the instance's standard input and output.
 *
 * @param input bytes for the instance
 * @param output bytes of the instance
 * @param endsInstance whether an end of {@code input}, or a broken {@code output}, means that the
 *     instance's master is gone
 * @param closing closes both
 */
record Endpoint(InputStream input, OutputStream output, boolean endsInstance, Closing closing) {
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  /** Closes both directions. */
  interface Closing {
    void close() throws IOException;
  }

  /** Opens an endpoint for one life of an instance. */
  static Endpoint open(Command.Stdio stdio, String instance, String generation) throws IOException {
    if (stdio instanceof Command.Stdio.Tcp tcp) {
      return connect(tcp, instance, generation);
    }
    FileOutputStream output = new FileOutputStream(FileDescriptor.out);
    return new Endpoint(new FileInputStream(FileDescriptor.in), output, false, output::flush);
  }

  private static Endpoint connect(Command.Stdio.Tcp tcp, String instance, String generation)
      throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(tcp.host(), tcp.port()), CONNECT_TIMEOUT_MILLIS);
      String hello = "DORMOUSE " + instance + " " + generation + " " + tcp.token() + "\n";
      socket.getOutputStream().write(hello.getBytes(StandardCharsets.UTF_8));
      return new Endpoint(socket.getInputStream(), socket.getOutputStream(), true, socket::close);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }
}
