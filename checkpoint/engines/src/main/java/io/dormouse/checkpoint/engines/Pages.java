package io.dormouse.checkpoint.engines;

/** How much of its memory a restored instance has. */
public enum Pages {
  /** All of it: its image may go. */
  ALL_IN,
  /** What it has touched, and more every moment: its image must stay as it is. */
  COMING,
  /** The rest can't come any more: it must end, and nothing of it runs. */
  LOST
}
