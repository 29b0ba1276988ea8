package io.dormouse.checkpoint.pki;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;

/** The sides of a connection that a certificate may be shown on (RFC 5280, 4.2.1.12). */
public enum Usage {
  /** By who accepts connections. */
  SERVER("1.3.6.1.5.5.7.3.1", "serverAuth"),
  /** By who opens connections. */
  CLIENT("1.3.6.1.5.5.7.3.2", "clientAuth");

  private final String id;
  private final String label;

  Usage(String id, String label) {
    this.id = id;
    this.label = label;
  }

  /** The object identifier of the purpose. */
  public String id() {
    return id;
  }

  /** What certificates of a role are good for: agents also open connections to each other. */
  public static List<Usage> of(Role role) {
    return role == Role.AGENT ? List.of(SERVER, CLIENT) : List.of(CLIENT);
  }

  /** Refuses a certificate that does not name this purpose. */
  void require(X509Certificate certificate) throws CertificateException {
    List<String> usages = certificate.getExtendedKeyUsage();
    if (usages == null || !usages.contains(id)) {
      throw new CertificateException(
          "The certificate of %s must have the extended key usage %s.%nMaybe it was made for something else: see `dormouse pki issue`."
              .formatted(PeerName.shown(certificate.getSubjectX500Principal().toString()), label));
    }
  }
}
