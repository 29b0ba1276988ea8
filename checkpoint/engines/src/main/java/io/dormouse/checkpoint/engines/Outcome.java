package io.dormouse.checkpoint.engines;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What came of an engine's operation: a value, or a typed failure. */
public sealed interface Outcome<T> {
  /** It worked. */
  record Ok<T>(T value) implements Outcome<T> {}

  /** It did not; see the operation for what state is left. */
  record Failed<T>(EngineFailure failure) implements Outcome<T> {}

  static <T> Outcome<T> ok(T value) {
    return new Ok<>(value);
  }

  static <T> Outcome<T> failed(EngineFailure failure) {
    return new Failed<>(failure);
  }

  /** Goes on with the value; a failure stays as it is. */
  default <R> Outcome<R> then(Function<? super T, Outcome<R>> next) {
    if (this instanceof Ok<T> ok) {
      return next.apply(ok.value());
    }
    return failed(((Failed<T>) this).failure());
  }

  /**
   * After a failure, runs the compensation and keeps the failure. What goes wrong in the
   * compensation is added to the log only: the first failure is the one to tell.
   */
  default Outcome<T> orUndo(Function<EngineFailure, @Nullable Outcome<Done>> compensation) {
    if (this instanceof Failed<T> failed
        && compensation.apply(failed.failure()) instanceof Failed<Done> second) {
      EngineErrors.warn("Cleaning up after a failure failed too", second.failure());
    }
    return this;
  }
}
