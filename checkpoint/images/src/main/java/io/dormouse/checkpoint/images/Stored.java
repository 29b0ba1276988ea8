package io.dormouse.checkpoint.images;

/** What came of a change to the store: a value, or a typed failure. */
public sealed interface Stored<T> {
  /** Done. */
  record Ok<T>(T value) implements Stored<T> {}

  /** Not done; nothing of it is visible. */
  record Failed<T>(StoreFailure failure) implements Stored<T> {}
}
