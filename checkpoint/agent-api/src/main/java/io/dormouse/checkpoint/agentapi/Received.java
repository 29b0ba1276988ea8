package io.dormouse.checkpoint.agentapi;

/**
 * What came of waiting for one message of a thin connection.
 *
 * @param <T> the message
 */
public sealed interface Received<T> {
  /** A whole, well-formed message. */
  record Message<T>(T value) implements Received<T> {}

  /** The peer is gone, or closed between two messages. */
  record EndOfStream<T>() implements Received<T> {}

  /** Bytes that are no message; the connection is of no use any more. */
  record Malformed<T>(String reason) implements Received<T> {}
}
