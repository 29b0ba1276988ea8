package io.dormouse.controller.traffic;

import java.time.Duration;

/** Why HAProxy did not do what it was asked. */
sealed interface HaproxyFailure {
  /** For people: the cause, and a likely fix. */
  String message();

  /** Nobody answers there. */
  record Unreachable(RuntimeAddress address, String cause) implements HaproxyFailure {
    @Override
    public String message() {
      return "The runtime API of HAProxy (%s) can't be reached: %s.%nMaybe its configuration lacks a line as in: stats socket %s level admin"
          .formatted(address, cause, address);
    }
  }

  /** It did not answer in time. */
  record TimedOut(RuntimeAddress address, Duration timeout) implements HaproxyFailure {
    @Override
    public String message() {
      return "The runtime API of HAProxy (%s) gave no whole answer within %s.%nMaybe something else listens there, or the machine is overloaded."
          .formatted(address, timeout);
    }
  }

  /** It answered something that nobody expects of it. */
  record Malformed(RuntimeAddress address, String answer) implements HaproxyFailure {
    @Override
    public String message() {
      return "The runtime API of HAProxy (%s) gave an answer that makes no sense (%s).%nMaybe something else listens there, or HAProxy is older than 2.0."
          .formatted(address, Excerpt.of(answer));
    }
  }

  /** It said no. */
  record Refused(RuntimeAddress address, String command, String answer) implements HaproxyFailure {
    @Override
    public String message() {
      return "HAProxy (%s) refused (%s): %s%nMaybe backend and server are spelled otherwise in its configuration, or the socket lacks: level admin"
          .formatted(address, command, Excerpt.of(answer));
    }
  }

  /** It said yes, and has it otherwise. */
  record NotTaken(RuntimeAddress address, String wanted, String seen) implements HaproxyFailure {
    @Override
    public String message() {
      return "HAProxy (%s) was to have %s and has %s.%nMaybe another program changes its servers too."
          .formatted(address, wanted, seen);
    }
  }
}
