package io.dormouse.controller.traffic;

import com.google.common.base.Splitter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A server of a backend, as {@code show servers state} has it (HAProxy's management guide, "show
 * servers state").
 *
 * @param address of its own, or what the name of it was resolved to
 * @param adminState bits; 0 where nobody but its health check decides whether it is used
 */
record ServerState(String name, String address, int port, int adminState) {
  private static final String FORMAT_VERSION = "1";
  private static final Splitter BLANKS = Splitter.on(' ').trimResults();

  /** Bits of whether it was put out of use: forced or inherited maintenance, or drained. */
  private static final int OUT_OF_USE = 0x01 | 0x08;

  boolean isInUse() {
    return (adminState & OUT_OF_USE) == 0;
  }

  /**
   * Reads an answer.
   *
   * @return servers by name; empty where it is no such answer
   */
  static Optional<Map<String, ServerState>> parse(String answer) {
    List<String> lines = answer.lines().filter(line -> !line.isBlank()).toList();
    boolean known =
        lines.size() >= 2 && lines.get(0).equals(FORMAT_VERSION) && lines.get(1).startsWith("# ");
    if (!known) {
      return Optional.empty();
    }
    List<String> columns = BLANKS.splitToList(lines.get(1).substring(2));
    Map<String, ServerState> servers = new HashMap<>();
    for (String line : lines.subList(2, lines.size())) {
      Optional<ServerState> server = row(columns, BLANKS.splitToList(line));
      if (server.isEmpty() || servers.put(server.get().name(), server.get()) != null) {
        return Optional.empty();
      }
    }
    return Optional.of(servers);
  }

  private static Optional<ServerState> row(List<String> columns, List<String> values) {
    if (values.size() != columns.size()) {
      return Optional.empty();
    }
    Map<String, String> row = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      row.put(columns.get(i), values.get(i));
    }
    String name = row.getOrDefault("srv_name", "");
    String address = row.getOrDefault("srv_addr", "");
    Optional<Integer> port = number(row.getOrDefault("srv_port", ""));
    Optional<Integer> state = number(row.getOrDefault("srv_admin_state", ""));
    return name.isEmpty() || address.isEmpty() || port.isEmpty() || state.isEmpty()
        ? Optional.empty()
        : Optional.of(new ServerState(name, address, port.get(), state.get()));
  }

  private static Optional<Integer> number(String text) {
    return text.matches("\\d{1,9}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
  }
}
