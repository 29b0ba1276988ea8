package io.dormouse.checkpoint.engines;

/** Why a file's content stays on disk while its instance stands still. */
public enum DataVerdict {
  /** In memory of a process: what that would see of a hole, no one can take back. */
  MAPPED("mapped into memory"),
  /** Its holder counts on nobody touching it. */
  LOCKED("locked"),
  /** Opened past the page cache, so that the device may be at it still. */
  DIRECT("opened for direct I/O"),
  /** Its processes use asynchronous I/O, which a freeze does not stop. */
  ASYNCHRONOUS("within reach of asynchronous I/O"),
  /** It has names outside of the instance's directories. */
  LINKED("linked from elsewhere"),
  /** A process that is not of the instance has it open or mapped. */
  SHARED("in use by other processes"),
  /** The instance watches it, and would be told of what is not its doing. */
  WATCHED("watched for changes"),
  /** Writing it would take its special mode bits away. */
  SPECIAL("of a special mode"),
  /** Its time of modification could not be given back to it. */
  DATED("dated before 1970 or after 2200"),
  /** Nearly all of it is holes already. */
  SPARSE("nearly empty on disk"),
  /** Larger ones, or more of them, come first. */
  TOO_MANY("beyond the limit of one snapshot");

  private final String words;

  DataVerdict(String words) {
    this.words = words;
  }

  /** For people. */
  public String words() {
    return words;
  }
}
