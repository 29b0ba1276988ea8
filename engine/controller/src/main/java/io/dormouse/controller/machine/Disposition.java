package io.dormouse.controller.machine;

/** What became of a decision at once. */
public sealed interface Disposition {
  /** Its action has begun. */
  Disposition CARRIED_OUT = new CarriedOut();

  /** For people. */
  String words();

  /** Its action has begun. */
  record CarriedOut() implements Disposition {
    @Override
    public String words() {
      return "carried out";
    }
  }

  /**
   * Nothing was done.
   *
   * @param words why not
   */
  record NotCarriedOut(String words) implements Disposition {}

  /** A decision that something stands against. */
  static Disposition not(String why) {
    return new NotCarriedOut(why);
  }
}
