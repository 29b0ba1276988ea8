package io.dormouse.cli.up.arrivals;

import com.google.common.collect.ImmutableList;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Finds and opens traces: a file, or the first file of a folder by name that is one. What a file is
 * is told by its content: its header, and gzip's magic number.
 */
public final class TraceFiles {
  private static final int FILES_MAX = 1000;
  private static final int BUFFER_BYTES = 1 << 16;

  private TraceFiles() {}

  /**
   * Reads a trace of calls per minute.
   *
   * @param path a file, plain or gzip, or a folder
   * @throws BadTraceException when it is malformed or none is there
   * @throws IOException when it can't be read
   */
  public static Trace read(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return readFolder(path);
    }
    return readFile(path).orElseThrow(() -> unknown(path));
  }

  private static Trace readFolder(Path folder) throws IOException {
    for (Path file : candidates(folder)) {
      Optional<Trace> trace = readFile(file);
      if (trace.isPresent()) {
        return trace.get();
      }
    }
    throw new BadTraceException(
        folder.toString(),
        "no file in this folder is a trace of calls per minute (header %s)."
            .formatted(TraceFormat.describe()),
        "Maybe give the folder that holds the .csv or .csv.gz itself.");
  }

  private static List<Path> candidates(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      ImmutableList<Path> all =
          files
              .filter(file -> Files.isRegularFile(file) && file.toFile().length() > 0)
              .limit(FILES_MAX + 1)
              .sorted()
              .collect(ImmutableList.toImmutableList());
      if (all.size() > FILES_MAX) {
        throw new BadTraceException(
            folder.toString(),
            "there are more than %d files in this folder.".formatted(FILES_MAX),
            "Maybe name the trace's file.");
      }
      return all;
    } catch (AccessDeniedException denied) {
      throw unreadable(folder);
    }
  }

  private static Optional<Trace> readFile(Path file) throws IOException {
    try (InputStream in = open(file)) {
      return TraceReader.read(file.toString(), new BoundedLines(file.toString(), in));
    } catch (NoSuchFileException missing) {
      throw new BadTraceException(
          file.toString(),
          "there is no such file or folder.",
          "Maybe the path has a typing error.");
    } catch (AccessDeniedException denied) {
      throw unreadable(file);
    }
  }

  private static InputStream open(Path file) throws IOException {
    BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    raw.mark(2);
    boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
    raw.reset();
    if (!gzip) {
      return raw;
    }
    try {
      return new BufferedInputStream(new GZIPInputStream(raw, BUFFER_BYTES), BUFFER_BYTES);
    } catch (EOFException | ZipException broken) {
      raw.close();
      throw new BadTraceException(
          file + ":1",
          "the gzip file has no whole header.",
          "Maybe its download or copy was cut off: fetch it again and check it with gzip -t.");
    }
  }

  private static BadTraceException unknown(Path file) {
    return new BadTraceException(
        file + ":1",
        "the columns are not those of a trace of calls per minute (%s)."
            .formatted(TraceFormat.describe()),
        "Maybe this is another kind of trace, or its header line is missing.");
  }

  private static BadTraceException unreadable(Path path) {
    return new BadTraceException(
        path.toString(), "it can't be read: permission denied.", "Maybe run: chmod a+r " + path);
  }
}
