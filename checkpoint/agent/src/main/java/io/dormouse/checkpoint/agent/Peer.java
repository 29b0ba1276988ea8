package io.dormouse.checkpoint.agent;

/** Who is at the other end of a Unix socket, as the kernel says. */
record Peer(long uid, long gid) {
  static final long ROOT = 0;

  /** Whether the peer may touch what belongs to {@code ownerUid}. */
  boolean mayTouch(long ownerUid) {
    return uid == ownerUid || uid == ROOT;
  }
}
