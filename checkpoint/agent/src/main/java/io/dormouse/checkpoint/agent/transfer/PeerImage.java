package io.dormouse.checkpoint.agent.transfer;

import io.dormouse.checkpoint.images.ImageOffer;

/** An image in another agent's store. For one thread, but for {@link #cancel}. */
public interface PeerImage extends ImageOffer, AutoCloseable {
  /** How many bytes came. */
  long bytes();

  /** Ends what is under way, by any thread. */
  void cancel(String why);

  @Override
  void close();
}
