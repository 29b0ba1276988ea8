package io.dormouse.checkpoint.engines;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
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

  /** Does something that fails if it comes upon what can't be looked at: see {@link Presence}. */
  static <T> Outcome<T> attempt(Supplier<Outcome<T>> step) {
    try {
      return step.get();
    } catch (UncheckedIOException e) {
      return failed(EngineErrors.unknown(String.valueOf(e.getMessage()), e.getCause()));
    }
  }

  /** Goes on with the value, as {@link #attempt} does; a failure stays as it is. */
  default <R> Outcome<R> then(Function<? super T, Outcome<R>> next) {
    if (this instanceof Ok<T> ok) {
      return attempt(() -> next.apply(ok.value()));
    }
    return failed(((Failed<T>) this).failure());
  }

  /**
   * After a failure, runs the compensation and keeps the failure. What goes wrong in the
   * compensation is added to the log only: the first failure is the one to tell.
   */
  default Outcome<T> orUndo(Function<EngineFailure, @Nullable Outcome<Done>> compensation) {
    if (this instanceof Failed<T> failed
        && compensated(failed.failure(), compensation) instanceof Failed<Done> second) {
      EngineErrors.warn("Cleaning up after a failure failed too", second.failure());
    }
    return this;
  }

  private static Outcome<Done> compensated(
      EngineFailure failure, Function<EngineFailure, @Nullable Outcome<Done>> compensation) {
    return attempt(
        () -> {
          @Nullable Outcome<Done> done = compensation.apply(failure);
          return done == null ? ok(new Done(Duration.ZERO)) : done;
        });
  }
}
