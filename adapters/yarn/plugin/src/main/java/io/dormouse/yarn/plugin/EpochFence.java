package io.dormouse.yarn.plugin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets through no plan of an older leader than the newest seen, over restarts too where a state
 * file is configured. Used by one thread.
 */
final class EpochFence {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,18}) ([0-9]{1,18})\n?");

  private final @Nullable Path file;
  private PlanEpoch highest;

  private EpochFence(@Nullable Path file, PlanEpoch highest) {
    this.file = file;
    this.highest = highest;
  }

  /**
   * Reads what was seen before.
   *
   * @throws IOException when the file is there and can't be read: then it is not known whom to
   *     refuse
   */
  static EpochFence open(@Nullable Path file) throws IOException {
    if (file == null || !Files.exists(file)) {
      return new EpochFence(file, PlanEpoch.NONE);
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.US_ASCII);
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IOException(
          "The epoch file ("
              + file
              + ") must hold two numbers. Maybe it was edited; remove it if"
              + " no older controller can be running.");
    }
    return new EpochFence(
        file, new PlanEpoch(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))));
  }

  /**
   * Whether a plan of this leader may be applied; a newer one is durable before the answer.
   *
   * @throws IOException when a newer epoch can't be made durable
   */
  boolean admit(PlanEpoch epoch) throws IOException {
    int order = epoch.compareTo(highest);
    if (order > 0) {
      save(epoch);
      highest = epoch;
    }
    return order >= 0;
  }

  private void save(PlanEpoch epoch) throws IOException {
    if (file == null) {
      return;
    }
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap((epoch + "\n").getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
