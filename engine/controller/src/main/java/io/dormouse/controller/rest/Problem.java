package io.dormouse.controller.rest;

/**
 * An error as problem JSON (RFC 9457), with a likely fix.
 *
 * @param status HTTP status
 * @param title what kind of error
 * @param detail what is wrong
 * @param fix what may help
 */
record Problem(int status, String title, String detail, String fix) {
  /** Thrown by handlers; carries the answer. */
  static final class Answer extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Problem problem;

    Answer(Problem problem) {
      super(problem.detail());
      this.problem = problem;
    }

    Problem problem() {
      return problem;
    }
  }

  static Answer badRequest(String detail, String fix) {
    return new Answer(new Problem(400, "Bad request", detail, fix));
  }

  static Answer conflict(String detail, String fix) {
    return new Answer(new Problem(409, "Conflict", detail, fix));
  }

  static Answer notFound(String detail, String fix) {
    return new Answer(new Problem(404, "Not found", detail, fix));
  }
}
