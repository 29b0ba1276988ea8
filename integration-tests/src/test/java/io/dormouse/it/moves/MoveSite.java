package io.dormouse.it.moves;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A scheduler with one instance, which can have a second place: it answers a controller's adapter
 * line by line over a Unix socket, and outlives it. Launchers are its containers.
 *
 * <pre>
 * to a controller   {"phase", "node", "wish"}             after each change, and at first
 *                   {"request", "refused": reason or ""}  a command's outcome
 * from it           {"request", "command", "node"}
 * </pre>
 */
final class MoveSite implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int REQUESTS_MAX = 10_000;

  private final Path address;
  private final Launchers launchers;
  private final ServerSocketChannel socket;
  private final Thread thread = new Thread(this::serve, "site");
  private final Map<String, String> outcomes = new LinkedHashMap<>();
  private SocketChannel controller = SocketChannel.open(StandardProtocolFamily.UNIX);
  private String phase = "IDLE";
  private String node;
  private String second = "";
  private String wish = "";
  private String terminated = "";

  MoveSite(Path address, Launchers launchers, String node) throws IOException {
    this.address = address;
    this.launchers = launchers;
    this.node = node;
    this.socket =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(address));
    thread.setDaemon(true);
    thread.start();
  }

  Path address() {
    return address;
  }

  /** Where the instance's place is. */
  synchronized String node() {
    return node;
  }

  /** Has a place, only one, is in rotation, and no move of it is still to begin. */
  synchronized boolean isSettled() {
    return phase.equals("IDLE") && second.isEmpty() && wish.isEmpty();
  }

  /** What it was ended for; blank where it was not. */
  synchronized String terminated() {
    return terminated;
  }

  /** An operator wants it at a node. */
  synchronized void wish(String wanted) {
    wish = wanted;
    report();
  }

  private void serve() {
    while (socket.isOpen()) {
      try (SocketChannel client = socket.accept()) {
        synchronized (this) {
          controller = client;
          report();
        }
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(Channels.newInputStream(client), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          command(JSON.readTree(line));
        }
      } catch (IOException gone) {
        // The next controller connects, or the site is closed.
        launchers.note("controller gone: " + gone);
      }
    }
  }

  private synchronized void command(JsonNode command) throws IOException {
    String request = command.path("request").asText();
    String before = outcomes.get(request);
    String refused = before != null ? before : carryOut(command);
    if (outcomes.put(request, refused) == null && outcomes.size() > REQUESTS_MAX) {
      outcomes.remove(outcomes.keySet().iterator().next());
    }
    launchers.note("%s: %s".formatted(command, refused));
    report();
    send(JSON.createObjectNode().put("request", request).put("refused", refused));
  }

  private String carryOut(JsonNode command) throws IOException {
    switch (command.path("command").asText()) {
      case "Quiesce" -> phase = "HIBERNATING";
      case "Resume" -> phase = "IDLE";
      case "Reserve" -> {
        second = command.path("node").asText();
        launchers.attach(second);
        // One move only: what is undone is not begun anew.
        wish = "";
      }
      case "Redirect" -> {
        if (second.isEmpty()) {
          return "it has no second place";
        }
        launchers.end(node);
        node = second;
        second = "";
        phase = "IDLE";
      }
      case "Unreserve" -> unreserve();
      case "Release" -> {
        unreserve();
        launchers.end(node);
        phase = "HIBERNATED";
      }
      case "Allocate" -> {
        node = command.path("node").asText(node);
        launchers.attach(node);
        phase = "WAKING";
      }
      case "Terminate" -> terminated = command.toString();
      default -> {
        return "no such command here";
      }
    }
    return "";
  }

  private void unreserve() {
    if (!second.isEmpty()) {
      launchers.end(second);
      second = "";
    }
  }

  private void report() {
    send(JSON.createObjectNode().put("phase", phase).put("node", node).put("wish", wish));
  }

  private void send(ObjectNode message) {
    if (!controller.isConnected()) {
      return;
    }
    try {
      ByteBuffer line = ByteBuffer.wrap((message + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        controller.write(line);
      }
    } catch (IOException gone) {
      launchers.note("controller gone: " + gone);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
