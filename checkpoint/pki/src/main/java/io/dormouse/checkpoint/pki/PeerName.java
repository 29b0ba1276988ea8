package io.dormouse.checkpoint.pki;

import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who a certificate speaks for. It stands in the certificate as one subject alternative name of the
 * type URI: {@code dormouse://CELL/ROLE/NODE}, where a colon of a name is written {@code %3A}.
 * Other alternative names beside it are allowed.
 *
 * @param cell the cell that both ends must be of
 * @param role what it may do
 * @param node the node's name, or what a controller is called
 */
public record PeerName(String cell, Role role, String node) {
  private static final String SCHEME = "dormouse:";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
  private static final Pattern URI =
      Pattern.compile("dormouse://([^/]{1,512})/(controller|agent)/([^/]{1,512})");
  private static final int TYPE_URI = 6;
  private static final int SHOWN_MAX = 160;

  /** Checks the names. */
  public PeerName {
    check("cell", cell);
    check("node", node);
  }

  /** Whether a text can name a cell or a node. */
  public static boolean isValid(String name) {
    return NAME.matcher(name).matches();
  }

  private static void check(String what, String name) {
    if (!isValid(name)) {
      throw new IllegalArgumentException(
          "The %s (%s) must be 1 to 128 letters, digits and . _ : - and begin with a letter or digit.%nMaybe it has a blank or a slash in it."
              .formatted(what, shown(name)));
    }
  }

  /** The name as certificates hold it. */
  public String uri() {
    return "dormouse://%s/%s/%s".formatted(escaped(cell), role.label(), escaped(node));
  }

  /** Reads what {@link #uri} writes; empty for anything else. */
  public static Optional<PeerName> parse(String uri) {
    Matcher parts = URI.matcher(uri);
    if (!parts.matches()) {
      return Optional.empty();
    }
    try {
      PeerName name =
          new PeerName(
              parts.group(1).replace("%3A", ":"),
              Role.of(parts.group(2)).orElseThrow(),
              parts.group(3).replace("%3A", ":"));
      return Optional.of(name).filter(read -> read.uri().equals(uri));
    } catch (IllegalArgumentException notAName) {
      return Optional.empty();
    }
  }

  /**
   * The name in a certificate, which says nothing about whether the certificate can be trusted.
   *
   * @throws CertificateException if there is none, or more than one
   */
  public static PeerName of(X509Certificate certificate) throws CertificateException {
    List<String> names = urisOf(certificate);
    if (names.size() != 1) {
      throw new CertificateException(
          "The certificate of %s must have exactly one dormouse: name, and has %d.%nMaybe it was not made for Dormouse: see `dormouse pki issue`."
              .formatted(shown(certificate.getSubjectX500Principal().toString()), names.size()));
    }
    return parse(names.get(0))
        .orElseThrow(
            () ->
                new CertificateException(
                    "The name (%s) in the certificate must be dormouse://CELL/controller/NAME or dormouse://CELL/agent/NODE.%nMaybe make it by `dormouse pki issue`."
                        .formatted(shown(names.get(0)))));
  }

  private static List<String> urisOf(X509Certificate certificate)
      throws CertificateParsingException {
    Collection<List<?>> all = certificate.getSubjectAlternativeNames();
    List<String> names = new ArrayList<>();
    if (all != null) {
      for (List<?> name : all) {
        if (name.get(0).equals(TYPE_URI) && String.valueOf(name.get(1)).startsWith(SCHEME)) {
          names.add(String.valueOf(name.get(1)));
        }
      }
    }
    return names;
  }

  private static String escaped(String name) {
    return name.replace(":", "%3A");
  }

  /** What a stranger wrote, short and without anything that a terminal would obey. */
  static String shown(String text) {
    String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
    return plain.length() > SHOWN_MAX ? plain.substring(0, SHOWN_MAX) + "…" : plain;
  }

  @Override
  public String toString() {
    return "%s %s of cell %s".formatted(role.label(), node, cell);
  }
}
