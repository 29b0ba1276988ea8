package io.dormouse.controller.simulation;

/** A checker found a promise broken. */
final class PromiseBroken extends RuntimeException {
  private static final long serialVersionUID = 1;

  PromiseBroken(String what) {
    super(what);
  }
}
