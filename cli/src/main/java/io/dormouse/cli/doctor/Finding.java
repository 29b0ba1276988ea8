package io.dormouse.cli.doctor;

import java.util.Locale;

/**
 * One line of the doctor's report.
 *
 * @param name what was looked at
 * @param status how it is
 * @param detail what was found
 * @param fix what to do; empty when nothing is to be done
 */
record Finding(String name, Status status, String detail, String fix) {
  /** How a thing is. */
  enum Status {
    OK,
    MISSING,
    BROKEN;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Finding ok(String name, String detail) {
    return new Finding(name, Status.OK, detail, "");
  }

  static Finding missing(String name, String detail, String fix) {
    return new Finding(name, Status.MISSING, detail, fix);
  }

  static Finding broken(String name, String detail, String fix) {
    return new Finding(name, Status.BROKEN, detail, fix);
  }
}
