package io.dormouse.controller.rest;

import io.javalin.http.Context;
import java.util.Optional;

/**
 * Which part of a list is wanted.
 *
 * @param limit at most so many
 * @param after the last item that the reader has; empty for the first page
 */
record Page(int limit, Optional<String> after) {
  static final int LIMIT_MAX = 10_000;
  private static final int LIMIT_DEFAULT = 1_000;
  private static final int NAME_MAX = 250;

  static Page of(Context context) {
    Optional<String> after = Optional.ofNullable(context.queryParam("after"));
    if (after.filter(name -> name.length() > NAME_MAX).isPresent()) {
      throw Problem.badRequest(
          "The parameter after must be at most %d characters.".formatted(NAME_MAX),
          "it is the id of the last item of the page before.");
    }
    return new Page(limit(Optional.ofNullable(context.queryParam("limit"))), after);
  }

  private static int limit(Optional<String> text) {
    if (text.isEmpty()) {
      return LIMIT_DEFAULT;
    }
    try {
      int limit = Integer.parseInt(text.get());
      if (limit >= 1 && limit <= LIMIT_MAX) {
        return limit;
      }
    } catch (NumberFormatException notANumber) {
      throw wrong(text.get());
    }
    throw wrong(text.get());
  }

  private static Problem.Answer wrong(String text) {
    return Problem.badRequest(
        "The parameter limit (%s) must be a whole number from 1 to %d.".formatted(text, LIMIT_MAX),
        "the rest is on the next page: use after.");
  }
}
