package io.dormouse.checkpoint.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A FIFO that is held open: what a short-lived instance wrote would be lost if it ended before its
 * launcher opened the FIFO.
 */
final class HeldFifo {
  private static final Logger LOG = LoggerFactory.getLogger(HeldFifo.class);

  static final HeldFifo NONE = new HeldFifo("", null);

  private final String instance;
  private final @Nullable FileChannel channel;

  private HeldFifo(String instance, @Nullable FileChannel channel) {
    this.instance = instance;
    this.channel = channel;
  }

  /** The instance may put anything in the FIFO's place; a link is not followed. */
  static HeldFifo open(String instance, Path fifo) {
    try {
      return new HeldFifo(
          instance,
          FileChannel.open(
              fifo, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      LOG.debug("instance={}: its output can't be held: {}", instance, e.toString());
      return NONE;
    }
  }

  void close() {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("instance={}: {}", instance, e.toString());
    }
  }
}
