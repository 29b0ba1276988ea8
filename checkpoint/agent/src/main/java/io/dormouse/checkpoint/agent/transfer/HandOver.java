package io.dormouse.checkpoint.agent.transfer;

import io.dormouse.checkpoint.images.Claim;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.Stored;

/**
 * The right to wake an image goes to another node by a claim in that node's name. What a store
 * gives away durably this way it can't wake itself, and only that node may read it.
 */
public final class HandOver {
  private static final String MOVED = "moved to ";

  private HandOver() {}

  private static String claimant(String node) {
    return MOVED + node;
  }

  /** Whether a claimant is a node that an image was handed over to. */
  public static boolean isNode(String claimant) {
    return claimant.startsWith(MOVED);
  }

  /** Hands an image over; again is fine. */
  public static Stored<Claim> to(String node, ImageStore store, ImageId id) {
    return store.claim(id, claimant(node));
  }

  /** Whether a claim is a node's in this way. */
  static boolean isTo(String node, Claim claim) {
    return claim.claimant().equals(claimant(node));
  }

  /** Undoes it; fine if it was not done, or is undone. */
  public static Stored<ImageId> undo(String node, ImageStore store, ImageId id) {
    return store.release(id, claimant(node));
  }
}
