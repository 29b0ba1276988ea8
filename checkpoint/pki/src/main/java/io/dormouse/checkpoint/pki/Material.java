package io.dormouse.checkpoint.pki;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A certificate with its key and its authorities, all of it checked. Immutable.
 *
 * @param contents of the files it was made from
 * @param name who it speaks for
 * @param chain its own certificate first
 * @param trust what the authorities vouch for
 */
record Material(
    TlsContents contents,
    PeerName name,
    List<X509Certificate> chain,
    PrivateKey key,
    X509ExtendedTrustManager trust) {

  /**
   * Checks what the files hold, so that a mistake shows at start and not at the first connection.
   *
   * @throws PkiException for whatever is wrong
   */
  static Material of(TlsFiles files, TlsContents contents, Role role, Instant now)
      throws PkiException {
    List<X509Certificate> authorities = authorities(files, contents, now);
    List<X509Certificate> chain =
        PemFiles.certificates(files.certificate(), contents.certificate());
    PrivateKey key = PemFiles.privateKey(files.key(), contents.key());
    X509Certificate own = chain.get(0);
    if (!KeyPairs.match(key, own.getPublicKey())) {
      throw new PkiException(
          "The key in %s must be that of the certificate in %s, and is another."
              .formatted(files.key(), files.certificate()),
          "one of the two is older than the other: copy both again.");
    }
    requireValid(files, own, now);
    PeerName name = name(files, own, role);
    X509ExtendedTrustManager trust = trust(authorities);
    requireTrusted(files, chain, role, trust);
    return new Material(contents, name, chain, key, trust);
  }

  X509Certificate certificate() {
    return chain.get(0);
  }

  private static List<X509Certificate> authorities(
      TlsFiles files, TlsContents contents, Instant now) throws PkiException {
    List<X509Certificate> all = PemFiles.certificates(files.authority(), contents.authority());
    for (X509Certificate authority : all) {
      if (authority.getBasicConstraints() < 0) {
        throw new PkiException(
            "The certificate of %s in %s must be an authority's."
                .formatted(
                    PeerName.shown(authority.getSubjectX500Principal().toString()),
                    files.authority()),
            "the paths of certificate and authority are the wrong way round.");
      }
    }
    List<X509Certificate> valid =
        all.stream().filter(authority -> isValid(authority, now)).toList();
    if (valid.isEmpty()) {
      throw new PkiException(
          "No authority in %s is valid at %s.".formatted(files.authority(), now),
          "the clock is wrong, or it is time for a new authority: `dormouse pki init`.");
    }
    return valid;
  }

  private static void requireValid(TlsFiles files, X509Certificate own, Instant now)
      throws PkiException {
    if (!isValid(own, now)) {
      boolean early = now.isBefore(own.getNotBefore().toInstant());
      throw new PkiException(
          "The certificate in %s is valid from %s to %s, and it is %s."
              .formatted(
                  files.certificate(),
                  own.getNotBefore().toInstant(),
                  own.getNotAfter().toInstant(),
                  now),
          early
              ? "the clock of this machine is wrong."
              : "renew it: dormouse pki renew, where its authority is.");
    }
  }

  static boolean isValid(X509Certificate certificate, Instant now) {
    return !now.isBefore(certificate.getNotBefore().toInstant())
        && !now.isAfter(certificate.getNotAfter().toInstant());
  }

  private static PeerName name(TlsFiles files, X509Certificate own, Role role) throws PkiException {
    PeerName name;
    try {
      name = PeerName.of(own);
    } catch (CertificateException notOurs) {
      throw refused(files, notOurs);
    }
    if (name.role() != role) {
      throw new PkiException(
          "The certificate in %s is that of the %s, and must be of the role %s."
              .formatted(files.certificate(), name, role.label()),
          "issue another: dormouse pki issue --role %s --node …".formatted(role.label()));
    }
    return name;
  }

  private static void requireTrusted(
      TlsFiles files, List<X509Certificate> chain, Role role, X509ExtendedTrustManager trust)
      throws PkiException {
    try {
      for (Usage usage : Usage.of(role)) {
        usage.require(chain.get(0));
      }
    } catch (CertificateException wrongUsage) {
      throw refused(files, wrongUsage);
    }
    try {
      X509Certificate[] certificates = chain.toArray(X509Certificate[]::new);
      trust.checkClientTrusted(certificates, chain.get(0).getPublicKey().getAlgorithm());
    } catch (CertificateException strange) {
      throw new PkiException(
          "The certificate in %s is not of an authority in %s: %s"
              .formatted(files.certificate(), files.authority(), strange.getMessage()),
          "the two are of different authorities, or an intermediate certificate is missing.",
          strange);
    }
  }

  private static PkiException refused(TlsFiles files, CertificateException why) {
    List<String> lines = String.valueOf(why.getMessage()).lines().toList();
    String fix = lines.get(lines.size() - 1);
    return new PkiException(
        "The certificate in %s can't be used: %s".formatted(files.certificate(), lines.get(0)),
        fix.startsWith("Maybe ") ? fix.substring("Maybe ".length()) : "make it again.",
        why);
  }

  private static X509ExtendedTrustManager trust(List<X509Certificate> authorities)
      throws PkiException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry("authority-" + i, authorities.get(i));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException unusable) {
      throw new PkiException(
          "The authorities can't be used: " + unusable,
          "this Java has a security policy of its own.",
          unusable);
    }
  }
}
