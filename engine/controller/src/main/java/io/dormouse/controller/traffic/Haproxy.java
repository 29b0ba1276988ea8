package io.dormouse.controller.traffic;

import io.dormouse.controller.traffic.HaproxyFailure.Malformed;
import io.dormouse.controller.traffic.HaproxyFailure.NotTaken;
import io.dormouse.controller.traffic.HaproxyFailure.Refused;
import io.dormouse.controller.traffic.RuntimeSocket.Answer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** One HAProxy. Thread-safe; calls wait for its answers. */
final class Haproxy {
  private static final int QUESTIONS_MAX = 3;

  /** What its versions say of an address that they have now; both parts have to be there. */
  private static final Pattern TAKEN =
      Pattern.compile(
          "(IP changed from .*|no need to change the addr), *(port changed from .*|no need to change the port).*",
          Pattern.DOTALL);

  private final RuntimeSocket socket;
  private final Duration timeout;

  Haproxy(RuntimeAddress address, Duration timeout) {
    // So that all that one call asks comes to an end in time.
    this.socket = new RuntimeSocket(address, timeout.dividedBy(QUESTIONS_MAX));
    this.timeout = timeout;
  }

  RuntimeAddress address() {
    return socket.address();
  }

  /** How a call ended. */
  sealed interface Directed {
    /** {@code changed}: whether anything had to be. */
    record Done(boolean changed) implements Directed {}

    record Failed(HaproxyFailure failure) implements Directed {}
  }

  /**
   * Has a server be in use at an address, and looks whether it is. Takes no longer than the
   * timeout.
   *
   * @param host an address in figures
   * @param port from 1 to 65535; HAProxy itself would take others modulo 65536
   */
  Directed direct(ServerName server, String host, int port) {
    Looked before = look(server);
    if (before instanceof Looked.Failed failed) {
      return new Directed.Failed(failed.failure());
    }
    if (isThere(((Looked.Seen) before).state(), host, port)) {
      return new Directed.Done(false);
    }
    Optional<HaproxyFailure> refused = set(server, host, port);
    if (refused.isPresent()) {
      return new Directed.Failed(refused.get());
    }
    Looked after = look(server);
    if (after instanceof Looked.Failed failed) {
      return new Directed.Failed(failed.failure());
    }
    ServerState state = ((Looked.Seen) after).state();
    return isThere(state, host, port)
        ? new Directed.Done(true)
        : new Directed.Failed(
            new NotTaken(
                socket.address(), "%s at %s:%d, in use".formatted(server, host, port), "" + state));
  }

  private static boolean isThere(ServerState state, String host, int port) {
    return state.address().equals(host) && state.port() == port && state.isInUse();
  }

  private sealed interface Looked {
    record Seen(ServerState state) implements Looked {}

    record Failed(HaproxyFailure failure) implements Looked {}
  }

  private Looked look(ServerName server) {
    String command = "show servers state " + server.backend();
    Answer answer = socket.ask(command);
    if (answer instanceof Answer.None none) {
      return new Looked.Failed(none.failure());
    }
    String text = ((Answer.Text) answer).text();
    if (text.strip().equals("Can't find backend.")) {
      return new Looked.Failed(new Refused(socket.address(), command, text));
    }
    Optional<Map<String, ServerState>> servers = ServerState.parse(text);
    if (servers.isEmpty()) {
      return new Looked.Failed(new Malformed(socket.address(), text));
    }
    ServerState state = servers.get().get(server.server());
    return state == null
        ? new Looked.Failed(new Refused(socket.address(), command, "it lists no such server."))
        : new Looked.Seen(state);
  }

  private Optional<HaproxyFailure> set(ServerName server, String host, int port) {
    String command = "set server %s addr %s port %d".formatted(server, host, port);
    Answer answer = socket.ask("%s; set server %s state ready".formatted(command, server));
    if (answer instanceof Answer.None none) {
      return Optional.of(none.failure());
    }
    String text = ((Answer.Text) answer).text();
    return TAKEN.matcher(text.strip()).matches()
        ? Optional.empty()
        : Optional.of(new Refused(socket.address(), command, text));
  }

  @Override
  public String toString() {
    return "%s within %s".formatted(socket.address(), timeout);
  }
}
