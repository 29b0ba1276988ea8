package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds in a tool's log what went wrong. */
final class LogExcerpt {
  private static final int READ_BYTES_MAX = 1 << 20;
  private static final int CHARS_MAX = 4_000;
  private static final int LINES_MAX = 20;

  private static final Pattern PID_IN_USE = Pattern.compile("Can't fork for (\\d+): File exists");
  private static final Pattern CHANGED_FILE =
      Pattern.compile("File (\\S+) has bad (?:size|mode)|Can't open file (\\S+) on restore");
  private static final Pattern BAD_IMAGE =
      Pattern.compile(
          "Unexpected EOF on|bytes while \\d+ expected|Magic doesn't match|Can't read pages data|No inventory\\.img image");

  private LogExcerpt() {}

  /** The error lines of a log, or its last lines if there is none; at most 4,000 characters. */
  static String of(Path log) {
    return errors(read(log));
  }

  /** The same of a log that is open. */
  static String of(RandomAccessFile log) {
    return errors(read(log));
  }

  private static String errors(String log) {
    List<String> lines = log.lines().toList();
    // Logged on every run without CAP_SYS_RESOURCE and means nothing.
    List<String> errors =
        lines.stream()
            .filter(l -> l.contains("rror"))
            .filter(l -> !l.contains("RLIMIT_NOFILE"))
            .toList();
    List<String> chosen = errors.isEmpty() ? lines : errors;
    return shorten(
        String.join("\n", chosen.subList(Math.max(0, chosen.size() - LINES_MAX), chosen.size())));
  }

  static String tail(Path log) {
    return shorten(read(log).strip());
  }

  static String tail(RandomAccessFile log) {
    return shorten(read(log).strip());
  }

  /** The failure that a CRIU log speaks of. */
  static EngineFailure classify(String tool, int exitStatus, Path image, String excerpt) {
    Matcher pid = PID_IN_USE.matcher(excerpt);
    if (pid.find()) {
      return new EngineFailure.PidInUse(Long.parseLong(pid.group(1)));
    }
    Matcher file = CHANGED_FILE.matcher(excerpt);
    if (file.find()) {
      String path = file.group(1) != null ? file.group(1) : file.group(2);
      return new EngineFailure.FileConflict(
          Path.of("/").resolve(path), "it is not as it was at the dump: " + file.group());
    }
    if (excerpt.contains("Address already in use")) {
      return new EngineFailure.AddressInUse(excerpt);
    }
    if (excerpt.contains("No space left on device")) {
      return new EngineFailure.DiskFull(image.toString());
    }
    if (excerpt.contains("CAP_CHECKPOINT_RESTORE capability")) {
      return new EngineFailure.NotPermitted("dump or restore processes: " + excerpt);
    }
    if (BAD_IMAGE.matcher(excerpt).find()) {
      return new EngineFailure.BadImage(image, excerpt);
    }
    return new EngineFailure.ToolFailed(tool, exitStatus, excerpt);
  }

  private static String shorten(String text) {
    return text.length() <= CHARS_MAX ? text : "…" + text.substring(text.length() - CHARS_MAX + 1);
  }

  private static String read(Path log) {
    if (!Files.isRegularFile(log)) {
      return "";
    }
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      return read(file);
    } catch (IOException e) {
      return unreadable(e);
    }
  }

  private static String read(RandomAccessFile file) {
    try {
      long skip = Math.max(0, file.length() - READ_BYTES_MAX);
      byte[] bytes = new byte[(int) (file.length() - skip)];
      file.seek(skip);
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return unreadable(e);
    }
  }

  private static String unreadable(IOException e) {
    return "(the log cannot be read: %s)".formatted(e);
  }
}
