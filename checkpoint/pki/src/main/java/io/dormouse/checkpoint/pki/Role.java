package io.dormouse.checkpoint.pki;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What the owner of a certificate may do. */
public enum Role {
  /** Commands agents. */
  CONTROLLER,
  /** Obeys controllers, and exchanges images with other agents. */
  AGENT;

  /** The name as it stands in certificates and on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The role of a label; empty if there is none. */
  public static Optional<Role> of(String label) {
    return Arrays.stream(values()).filter(role -> role.label().equals(label)).findFirst();
  }
}
