package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.transfer.PeerImage;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.packs.PackSource;

/** A peer from whom nothing may be wanted. */
record UnusedPeer(ImageId id) implements PeerImage {
  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public byte[] manifest() {
    throw new AssertionError("nothing is to be read");
  }

  @Override
  public byte[] table(int bytesMax) {
    throw new AssertionError("nothing is to be read");
  }

  @Override
  public PackSource packs() {
    throw new AssertionError("nothing is to be read");
  }

  @Override
  public void cancel(String why) {
    throw new AssertionError("nothing is under way");
  }

  @Override
  public void close() {}
}
