package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The larger files of an instance, as find(1) sees them: Java tells neither a file's blocks nor,
 * without following links, how many names it has.
 */
final class DataListing {
  private static final String FIELDS = "%D %i %n %b %s %m %T@ %p\\0";
  private static final int FIELD_COUNT = 8;
  private static final int BLOCK_BYTES = 512;
  private static final long LISTING_BYTES_MAX = 256L << 20;

  /**
   * One name of a file.
   *
   * @param file its time of modification is in whole seconds
   * @param links names that the file has in all
   * @param allocatedBytes what it takes on disk
   */
  record Entry(DataFile file, int links, long allocatedBytes) {}

  private DataListing() {}

  /** All of at least so many bytes, each by each of its names; links are not followed. */
  static Outcome<List<Entry>> of(InstanceData data, long bytesMin, Duration timeout) {
    Path list;
    try {
      list = Files.createTempFile("dormouse-data", ".list", Private.FILE);
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("list the files of " + data.id(), e));
    }
    try {
      return find(data, bytesMin, list, timeout).then(done -> read(data, list));
    } finally {
      EngineErrors.deleteQuietly(list);
    }
  }

  private static Outcome<Done> find(InstanceData data, long bytesMin, Path list, Duration timeout) {
    List<String> argv = new ArrayList<>(List.of("find", "-P"));
    data.directories().forEach(directory -> argv.add("./" + directory));
    argv.addAll(List.of("-xdev", "-type", "f", "-size", "+" + (bytesMin - 1) + "c"));
    argv.addAll(List.of("-fprintf", list.toString(), FIELDS));
    return ToolRunner.run(new ToolRunner.Call("find", argv, Map.of(), data.root()), timeout)
        .then(
            result ->
                result.exitStatus() == 0
                    ? Outcome.ok(new Done(result.took()))
                    : Outcome.failed(
                        new EngineFailure.ToolFailed(
                            "find", result.exitStatus(), result.output())));
  }

  private static Outcome<List<Entry>> read(InstanceData data, Path list) {
    try {
      if (Files.size(list) > LISTING_BYTES_MAX) {
        return Outcome.failed(
            new EngineFailure.Unsupported(
                "Listing the files of " + data.id(), "it has too many files to look at each."));
      }
      byte[] bytes = Files.readAllBytes(list);
      List<Entry> entries = new ArrayList<>();
      for (int start = 0, end = 0; end < bytes.length; end++) {
        if (bytes[end] == 0) {
          entries.add(entry(Arrays.copyOfRange(bytes, start, end)));
          start = end + 1;
        }
      }
      return Outcome.ok(entries);
    } catch (IOException | IllegalArgumentException e) {
      return Outcome.failed(EngineErrors.unknown("which files " + data.id() + " has", e));
    }
  }

  /** Rounded down, of a figure such as {@code 1700000000.1234567890}. */
  private static long seconds(String time) {
    long whole = Long.parseLong(time.substring(0, time.indexOf('.')));
    return time.startsWith("-") ? Math.min(whole, 0) - 1 : whole;
  }

  private static Entry entry(byte[] line) {
    int nameStart = 0;
    for (int field = 1; field < FIELD_COUNT; nameStart++) {
      field += line[nameStart] == ' ' ? 1 : 0;
    }
    String[] fields = new String(line, 0, nameStart - 1, StandardCharsets.US_ASCII).split(" ", -1);
    // The name begins with a dot: "./work/file".
    String path = DataFile.encode(Arrays.copyOfRange(line, nameStart + 1, line.length));
    DataFile file =
        new DataFile(
            path,
            Long.parseLong(fields[0]),
            Long.parseLong(fields[1]),
            Long.parseLong(fields[4]),
            Instant.ofEpochSecond(seconds(fields[6])),
            Integer.parseInt(fields[5], 8));
    return new Entry(file, Integer.parseInt(fields[2]), Long.parseLong(fields[3]) * BLOCK_BYTES);
  }
}
