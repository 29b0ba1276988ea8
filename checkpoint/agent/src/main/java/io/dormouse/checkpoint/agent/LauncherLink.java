package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.ThinReply;

/** The connection of the launcher that stays with an instance. */
interface LauncherLink {
  /** Sends a reply; a launcher that is gone is found out by the end of its connection, not here. */
  void send(ThinReply reply);

  /** Whether neither side has ended it, as far as is known. */
  boolean isOpen();

  /** Ends the connection; nothing happens if it has ended. */
  void close();
}
