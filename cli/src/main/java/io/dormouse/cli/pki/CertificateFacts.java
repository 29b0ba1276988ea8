package io.dormouse.cli.pki;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.authority.SubjectHosts;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/** What people and scripts want to know of a certificate. */
final class CertificateFacts {
  private CertificateFacts() {}

  static ObjectNode json(X509Certificate certificate, Instant now) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("subject", certificate.getSubjectX500Principal().getName());
    json.put("issuer", certificate.getIssuerX500Principal().getName());
    json.put("serial", certificate.getSerialNumber().toString(16));
    json.put("begins", certificate.getNotBefore().toInstant().toString());
    json.put("expires", certificate.getNotAfter().toInstant().toString());
    json.put("status", status(certificate, now));
    json.put("sha256", fingerprint(certificate));
    name(certificate)
        .ifPresent(
            name -> {
              json.put("name", name.uri());
              json.put("cell", name.cell());
              json.put("role", name.role().label());
              json.put("node", name.node());
            });
    try {
      SubjectHosts.of(certificate).forEach(json.withArray("hosts")::add);
    } catch (CertificateException unreadable) {
      json.putNull("hosts");
    }
    return json;
  }

  static String text(X509Certificate certificate, Instant now) {
    return "%s, serial %s, %s until %s"
        .formatted(
            name(certificate)
                .map(PeerName::toString)
                .orElseGet(() -> certificate.getSubjectX500Principal().getName()),
            certificate.getSerialNumber().toString(16),
            status(certificate, now),
            certificate.getNotAfter().toInstant());
  }

  static String status(X509Certificate certificate, Instant now) {
    if (now.isBefore(certificate.getNotBefore().toInstant())) {
      return "not yet valid";
    }
    return now.isAfter(certificate.getNotAfter().toInstant()) ? "expired" : "valid";
  }

  private static Optional<PeerName> name(X509Certificate certificate) {
    try {
      return Optional.of(PeerName.of(certificate));
    } catch (CertificateException notAPeer) {
      return Optional.empty();
    }
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("Every Java has SHA-256.", impossible);
    }
  }
}
