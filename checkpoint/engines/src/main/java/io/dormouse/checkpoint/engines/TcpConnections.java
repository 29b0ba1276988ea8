package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The TCP connections of processes, by proc(5). */
final class TcpConnections {
  private static final String LISTENING = "0A";
  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");

  private TcpConnections() {}

  /** Whether one of the processes has a TCP connection. */
  static boolean any(List<Long> pids) {
    Set<String> inodes = new HashSet<>();
    for (long pid : pids) {
      for (Path descriptor : Presence.list(Path.of("/proc", pid + "/fd"))) {
        Matcher socket = SOCKET.matcher(Presence.target(descriptor).orElse(""));
        if (socket.matches()) {
          inodes.add(socket.group(1));
        }
      }
    }
    // They have one network between them.
    return !inodes.isEmpty()
        && pids.stream()
            .limit(1)
            .flatMap(pid -> Stream.of("tcp", "tcp6").map(Path.of("/proc", pid + "/net")::resolve))
            .flatMap(table -> Presence.read(table).orElse("").lines().skip(1))
            .map(line -> line.strip().split("\\s+", -1))
            .anyMatch(
                fields ->
                    fields.length > INODE
                        && inodes.contains(fields[INODE])
                        && !fields[STATE].equals(LISTENING));
  }
}
