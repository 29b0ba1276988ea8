package io.dormouse.checkpoint.agent.transfer;

import java.io.IOException;

/** The other agents of the cell. */
public interface Peers {
  /** Turns to the one that has an image; connects when first used. To be closed. */
  PeerImage open(Pulls.Wanted wanted) throws IOException;
}
