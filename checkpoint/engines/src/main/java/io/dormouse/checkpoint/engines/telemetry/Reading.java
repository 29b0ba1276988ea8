package io.dormouse.checkpoint.engines.telemetry;

import java.util.Optional;
import java.util.function.Function;

/** A figure, or why there is none: never a zero that nobody measured. */
public sealed interface Reading<T> {
  /** It was read. */
  record There<T>(T figure) implements Reading<T> {}

  /** It could not be. */
  record NotThere<T>(Cause cause) implements Reading<T> {}

  /** Why a figure is not there. */
  enum Cause {
    /** The node has no such device. */
    NO_DEVICE,
    /** This kernel, driver or kind of cgroup does not tell. */
    NOT_TOLD,
    /** The instance uses that of its node, which does not count it by instance. */
    SHARED,
    /** What the kernel said is not understood. */
    UNKNOWN_FORM
  }

  /** A figure that was read. */
  static <T> Reading<T> of(T value) {
    return new There<>(value);
  }

  /** None, for a reason. */
  static <T> Reading<T> none(Cause cause) {
    return new NotThere<>(cause);
  }

  /** The figure, if it was read. */
  default Optional<T> value() {
    return this instanceof There<T> there ? Optional.of(there.figure()) : Optional.empty();
  }

  /** A figure made from this one. */
  default <R> Reading<R> then(Function<T, Reading<R>> next) {
    return this instanceof There<T> there
        ? next.apply(there.figure())
        : none(((NotThere<T>) this).cause());
  }
}
