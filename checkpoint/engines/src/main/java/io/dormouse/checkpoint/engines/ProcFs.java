package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads /proc. A process that is gone reads as empty; what can't be read throws, see {@link
 * Presence}.
 */
final class ProcFs {
  private static final Path PROC = Path.of("/proc");
  private static final int CAP_SYS_RESOURCE = 24;

  /**
   * What /proc/PID/stat says.
   *
   * @param startTicks since boot; with the pid it names the process for good
   */
  record Stat(long pid, char state, long parent, long session, long startTicks) {
    boolean isZombie() {
      return state == 'Z' || state == 'X';
    }
  }

  /** A mounted file system, from mountinfo. */
  record Mount(String root, Path point, String type, Set<String> superOptions) {}

  private ProcFs() {}

  static Optional<Stat> stat(long pid) {
    return Presence.read(PROC.resolve(pid + "/stat"))
        .map(
            text -> {
              String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
              return new Stat(
                  pid,
                  fields[0].charAt(0),
                  Long.parseLong(fields[1]),
                  Long.parseLong(fields[3]),
                  Long.parseLong(fields[19]));
            });
  }

  /** Processor time of a process's first thread; 0 where the kernel does not tell. */
  static long workedNanos(long pid) {
    return Presence.read(PROC.resolve(pid + "/schedstat"))
        .map(text -> Long.parseLong(text.substring(0, text.indexOf(' '))))
        .orElse(0L);
  }

  static boolean isAlive(long pid) {
    return stat(pid).filter(s -> !s.isZombie()).isPresent();
  }

  /** All processes that may be looked at: under {@code hidepid} others' may not. */
  static List<Stat> all() {
    try (Stream<Path> entries = Files.list(PROC)) {
      return entries
          .map(p -> p.getFileName().toString())
          .filter(n -> Character.isDigit(n.charAt(0)))
          .filter(n -> !Presence.isHidden(PROC.resolve(n)))
          .flatMap(n -> stat(Long.parseLong(n)).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("/proc can't be listed", e);
    }
  }

  /** The process and all below it, parents first, without zombies. */
  static List<Long> tree(long root) {
    return withDescendants(List.of(root), all());
  }

  /** The processes of a session and all below them, without zombies. */
  static List<Long> session(long id) {
    List<Stat> all = all();
    List<Long> members =
        all.stream().filter(s -> s.session() == id && !s.isZombie()).map(Stat::pid).toList();
    return withDescendants(members, all);
  }

  /** Whether some process was given that word, such as a path. */
  static boolean isArgument(String word) {
    return all().stream()
        .flatMap(process -> Presence.read(PROC.resolve(process.pid() + "/cmdline")).stream())
        .anyMatch(line -> List.of(line.split("\0", -1)).contains(word));
  }

  private static List<Long> withDescendants(List<Long> roots, List<Stat> all) {
    Set<Long> found = new HashSet<>(roots);
    List<Long> ordered = new ArrayList<>(roots);
    for (int i = 0; i < ordered.size(); i++) {
      long parent = ordered.get(i);
      for (Stat each : all) {
        if (each.parent() == parent && !each.isZombie() && found.add(each.pid())) {
          ordered.add(each.pid());
        }
      }
    }
    return ordered;
  }

  static Optional<Long> uid(long pid) {
    return statusField(pid, "Uid:").map(v -> Long.parseLong(v.split("\\s+", -1)[1]));
  }

  static Optional<Long> gid(long pid) {
    return statusField(pid, "Gid:").map(v -> Long.parseLong(v.split("\\s+", -1)[1]));
  }

  /** Capabilities this process may use, as bits. */
  static long effectiveCapabilities() {
    return statusField(ProcessHandle.current().pid(), "CapEff:")
        .map(v -> Long.parseUnsignedLong(v, 16))
        .orElse(0L);
  }

  static boolean mayReadForeignLimits() {
    return (effectiveCapabilities() >>> CAP_SYS_RESOURCE & 1) == 1;
  }

  static Optional<String> statusField(long pid, String field) {
    return Presence.read(PROC.resolve(pid + "/status"))
        .flatMap(text -> text.lines().filter(l -> l.startsWith(field)).findFirst())
        .map(l -> l.substring(field.length()).strip());
  }

  /**
   * A process's pid in the innermost namespace that it is in.
   *
   * @throws IOException when it is gone, or the kernel does not tell
   */
  static long innerPid(long pid) throws IOException {
    String pids =
        statusField(pid, "NSpid:")
            .orElseThrow(
                () ->
                    new IOException("the kernel does not tell the pids of pid %d".formatted(pid)));
    return Long.parseLong(pids.substring(pids.lastIndexOf('\t') + 1));
  }

  /** Lines of /proc/PID/cgroup. */
  static List<String> cgroups(long pid) {
    return Presence.read(PROC.resolve(pid + "/cgroup"))
        .map(t -> t.lines().toList())
        .orElse(List.of());
  }

  static List<Mount> mounts() {
    List<Mount> mounts = new ArrayList<>();
    for (String line : Presence.read(PROC.resolve("self/mountinfo")).orElse("").lines().toList()) {
      int separator = line.indexOf(" - ");
      String[] left = line.substring(0, separator).split(" ", -1);
      String[] right = line.substring(separator + 3).split(" ", -1);
      mounts.add(
          new Mount(left[3], Path.of(unescape(left[4])), right[0], Set.of(right[2].split(","))));
    }
    return mounts;
  }

  private static String unescape(String path) {
    return path.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
