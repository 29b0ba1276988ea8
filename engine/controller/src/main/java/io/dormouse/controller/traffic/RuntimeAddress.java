package io.dormouse.controller.traffic;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.file.InvalidPathException;
import java.util.Optional;

/** Where HAProxy's runtime API listens: a path, or a host and a port. */
public sealed interface RuntimeAddress {
  /** A Unix socket. */
  record Unix(UnixDomainSocketAddress path) implements RuntimeAddress {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /** A TCP port. */
  record Tcp(String host, int port) implements RuntimeAddress {
    @Override
    public String toString() {
      return "ipv4@%s:%d".formatted(host, port);
    }
  }

  /**
   * Reads one from a configuration.
   *
   * @param text an absolute path, or host:port
   * @return empty where it is neither
   */
  static Optional<RuntimeAddress> parse(String text) {
    if (text.startsWith("/")) {
      try {
        return Optional.of(new Unix(UnixDomainSocketAddress.of(text)));
      } catch (InvalidPathException malformed) {
        return Optional.empty();
      }
    }
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    boolean sound = colon > 0 && port.matches("\\d{1,5}") && Integer.parseInt(port) <= 65_535;
    return sound && Integer.parseInt(port) > 0
        ? Optional.of(new Tcp(text.substring(0, colon), Integer.parseInt(port)))
        : Optional.empty();
  }

  /** A channel to it that is not connected yet. */
  default SocketChannel open() throws IOException {
    return this instanceof Unix
        ? SocketChannel.open(java.net.StandardProtocolFamily.UNIX)
        : SocketChannel.open();
  }

  /** Looks its name up, if it has one. */
  default SocketAddress resolve() throws IOException {
    if (this instanceof Unix unix) {
      return unix.path();
    }
    Tcp tcp = (Tcp) this;
    InetSocketAddress address = new InetSocketAddress(tcp.host(), tcp.port());
    if (address.isUnresolved()) {
      throw new UnknownHostException(tcp.host());
    }
    return address;
  }
}
