package io.dormouse.cli.doctor;

import java.util.Locale;

/**
 * One line of the doctor's report.
 *
 * @param name what was looked at
 * @param status how it is
 * @param detail what was found
 * @param fix what to do; empty when nothing is to be done
 * @param needed whether this version can make use of it
 */
record Finding(String name, Status status, String detail, String fix, boolean needed) {
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
    return new Finding(name, Status.OK, detail, "", true);
  }

  static Finding missing(String name, String detail, String fix) {
    return new Finding(name, Status.MISSING, detail, fix, true);
  }

  /** What is not there, and of no use to this version. */
  static Finding needless(String name, String reason) {
    return new Finding(name, Status.MISSING, reason, "", false);
  }

  /** How it is, for people. */
  String words() {
    return needed ? status.toString() : "not needed";
  }

  static Finding broken(String name, String detail, String fix) {
    return new Finding(name, Status.BROKEN, detail, fix, true);
  }
}
