package io.dormouse.checkpoint.pki.authority;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The hosts that a certificate is for. */
public final class SubjectHosts {
  private static final int TYPE_DNS = 2;
  private static final int TYPE_ADDRESS = 7;

  private SubjectHosts() {}

  /** Its DNS names and IP addresses, in their order. */
  public static List<String> of(X509Certificate certificate) throws CertificateParsingException {
    Collection<List<?>> all = certificate.getSubjectAlternativeNames();
    List<String> hosts = new ArrayList<>();
    if (all != null) {
      for (List<?> name : all) {
        if (name.get(0).equals(TYPE_DNS) || name.get(0).equals(TYPE_ADDRESS)) {
          hosts.add(String.valueOf(name.get(1)));
        }
      }
    }
    return hosts;
  }
}
