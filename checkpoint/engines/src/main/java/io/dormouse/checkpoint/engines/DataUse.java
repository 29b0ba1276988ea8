package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who uses which files in a way that forbids to touch them, as /proc says at one moment. */
final class DataUse {
  private static final Path PROC = Path.of("/proc");
  private static final Pattern WATCH = Pattern.compile("^inotify wd:\\S+ ino:([0-9a-f]+) .*");
  private static final Pattern LOCK =
      Pattern.compile(".* ([0-9a-f]+):([0-9a-f]+):(\\d+) \\d+ \\S+$");
  private static final Map<String, Integer> DIRECT_FLAGS =
      Map.of("aarch64", 0200000, "arm", 0200000, "ppc64le", 0400000);
  private static final int DIRECT_FLAG =
      DIRECT_FLAGS.getOrDefault(System.getProperty("os.arch", ""), 040000);

  /** A file, by device and inode. */
  private record Key(long device, long inode) {}

  private final Set<Key> mapped = new HashSet<>();
  private final Set<Key> mappedElsewhere = new HashSet<>();
  private final Set<Key> openElsewhere = new HashSet<>();
  private final Set<Key> locked = new HashSet<>();
  private final Set<Key> direct = new HashSet<>();
  private final Set<Long> watchedInodes = new HashSet<>();
  private boolean asynchronous;

  private DataUse() {}

  /**
   * Looks around.
   *
   * @throws UncheckedIOException if a process of the instance can't be looked at
   */
  static DataUse of(InstanceData data) {
    DataUse use = new DataUse();
    Set<Long> own = Set.copyOf(data.pids());
    data.pids().forEach(use::lookAtOwn);
    for (ProcFs.Stat process : ProcFs.all()) {
      if (!own.contains(process.pid())) {
        use.lookAtOther(process.pid());
      }
    }
    Presence.read(PROC.resolve("locks")).orElse("").lines().forEach(use::addLock);
    return use;
  }

  private void lookAtOwn(long pid) {
    Path process = PROC.resolve(Long.toString(pid));
    for (String line : Presence.read(process.resolve("maps")).orElse("").lines().toList()) {
      asynchronous |= line.contains("/[aio]");
      addMapping(line, mapped);
    }
    for (Path descriptor : Presence.list(process.resolve("fd"))) {
      String target = Presence.target(descriptor).orElse("");
      asynchronous |= target.equals("anon_inode:[io_uring]");
      Path info = process.resolve("fdinfo").resolve(descriptor.getFileName());
      boolean isDirect = false;
      for (String line : Presence.read(info).orElse("").lines().toList()) {
        isDirect |=
            line.startsWith("flags:")
                && (Integer.parseInt(line.substring(6).strip(), 8) & DIRECT_FLAG) != 0;
        Matcher watch = WATCH.matcher(line);
        if (watch.matches()) {
          watchedInodes.add(Long.parseLong(watch.group(1), 16));
        }
      }
      if (isDirect) {
        addOpen(descriptor, direct);
      }
    }
  }

  /** What this user may not see of others, he may not share files with either. */
  private void lookAtOther(long pid) {
    Path process = PROC.resolve(Long.toString(pid));
    try {
      Presence.read(process.resolve("maps"))
          .orElse("")
          .lines()
          .forEach(line -> addMapping(line, mappedElsewhere));
      Presence.list(process.resolve("fd")).forEach(each -> addOpen(each, openElsewhere));
    } catch (UncheckedIOException e) {
      if (!Presence.isRefusal(e)) {
        throw e;
      }
    }
  }

  /** A line such as {@code 7f00-7f10 rw-s 00000000 fe:00 1234 /name}. */
  private static void addMapping(String line, Set<Key> keys) {
    String[] fields = line.split(" +", 6);
    if (fields.length < 5 || fields[4].equals("0")) {
      return;
    }
    String[] device = fields[3].split(":", 2);
    keys.add(new Key(device(device[0], device[1]), Long.parseLong(fields[4])));
  }

  private static void addOpen(Path descriptor, Set<Key> keys) {
    try {
      Map<String, Object> found = Files.readAttributes(descriptor, "unix:dev,ino");
      keys.add(new Key((Long) found.getOrDefault("dev", 0L), (Long) found.getOrDefault("ino", 0L)));
    } catch (NoSuchFileException e) {
      // It was closed; another may have its number by now, and that was opened while we look.
      return;
    } catch (IOException e) {
      if (Presence.exists(descriptor)) {
        throw new UncheckedIOException(descriptor + " can't be looked at", e);
      }
    }
  }

  /** A line such as {@code 1: POSIX ADVISORY WRITE 77 fe:00:1234 0 EOF}. */
  private void addLock(String line) {
    Matcher lock = LOCK.matcher(line);
    if (lock.matches()) {
      locked.add(new Key(device(lock.group(1), lock.group(2)), Long.parseLong(lock.group(3))));
    }
  }

  private static long device(String majorHex, String minorHex) {
    long major = Long.parseLong(majorHex, 16);
    long minor = Long.parseLong(minorHex, 16);
    return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffL) << 12 | (major & ~0xfffL) << 32;
  }

  boolean isAsynchronous() {
    return asynchronous;
  }

  boolean isMapped(DataFile file) {
    return has(mapped, file);
  }

  boolean isLocked(DataFile file) {
    return has(locked, file);
  }

  boolean isDirect(DataFile file) {
    return direct.contains(new Key(file.device(), file.inode()));
  }

  boolean isUsedElsewhere(DataFile file) {
    return openElsewhere.contains(new Key(file.device(), file.inode()))
        || has(mappedElsewhere, file);
  }

  // Layered file systems tell mappings and locks under the device below: then the inode decides.
  private static boolean has(Set<Key> keys, DataFile file) {
    boolean layered = (file.device() >>> 8 & 0xfff) == 0;
    return keys.contains(new Key(file.device(), file.inode()))
        || (layered && keys.stream().anyMatch(key -> key.inode() == file.inode()));
  }

  /** Whether the instance is told of changes to the file, by itself or by its directory. */
  boolean isWatched(Path root, DataFile file) {
    if (watchedInodes.isEmpty()) {
      return false;
    }
    Path parent = root.resolve(file.names()).getParent();
    List<Long> inodes =
        parent == null ? List.of(file.inode()) : List.of(file.inode(), inode(parent));
    return inodes.stream().anyMatch(watchedInodes::contains);
  }

  private static long inode(Path path) {
    try {
      return (Long) Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(path + " can't be looked at", e);
    }
  }
}
