package io.dormouse.checkpoint.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Certificates and keys as PEM files hold them. */
public final class PemFiles {
  static final String CERTIFICATE = "CERTIFICATE";
  static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final int CERTIFICATES_MAX = 32;
  private static final int RSA_BITS_MIN = 2048;
  private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA");

  private PemFiles() {}

  /**
   * Reads a file of certificates.
   *
   * @throws PkiException if it can't be read, or does not hold 1 to 32 certificates and nothing
   *     else
   */
  public static List<X509Certificate> certificates(Path file) throws PkiException {
    return certificates(file, TlsContents.text(file));
  }

  /**
   * Reads a file with one private key that its owner alone may read.
   *
   * @throws PkiException if others may read it, it can't be read, or holds something else
   */
  public static PrivateKey privateKey(Path file) throws PkiException {
    TlsContents.requireOwnerOnly(file);
    return privateKey(file, TlsContents.text(file));
  }

  /** A certificate as a file. */
  public static String write(X509Certificate certificate) throws CertificateException {
    return Pem.write(new Pem.Block(CERTIFICATE, certificate.getEncoded()));
  }

  /** A private key as a file. */
  public static String write(PrivateKey key) {
    return Pem.write(new Pem.Block(PRIVATE_KEY, key.getEncoded()));
  }

  static List<X509Certificate> certificates(Path file, String text) throws PkiException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Pem.Block block : blocks(file, text)) {
      if (!block.type().equals(CERTIFICATE)) {
        throw new PkiException(
            "The file %s must hold certificates only, and has a %s.".formatted(file, block.type()),
            block.type().endsWith(PRIVATE_KEY)
                ? "the paths of certificate and key are the wrong way round."
                : "another file was named.");
      }
      certificates.add(certificate(file, block));
    }
    if (certificates.isEmpty() || certificates.size() > CERTIFICATES_MAX) {
      throw new PkiException(
          "The file %s must hold 1 to %d certificates, and has %d."
              .formatted(file, CERTIFICATES_MAX, certificates.size()),
          "it is not PEM, or another file was named.");
    }
    return List.copyOf(certificates);
  }

  private static X509Certificate certificate(Path file, Pem.Block block) throws PkiException {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      return (X509Certificate)
          factory.generateCertificate(new ByteArrayInputStream(block.content()));
    } catch (CertificateException malformed) {
      throw new PkiException(
          "The file %s has a certificate that can't be read: %s"
              .formatted(file, PeerName.shown(String.valueOf(malformed.getMessage()))),
          "it was cut or edited: copy it again.",
          malformed);
    }
  }

  static PrivateKey privateKey(Path file, String text) throws PkiException {
    PrivateKey key = anyPrivateKey(file, text);
    if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < RSA_BITS_MIN) {
      throw new PkiException(
          "The RSA key in %s has %d bits, and must have at least %d."
              .formatted(file, rsa.getModulus().bitLength(), RSA_BITS_MIN),
          "make a P-256 key: it is safer, and quicker.");
    }
    return key;
  }

  private static PrivateKey anyPrivateKey(Path file, String text) throws PkiException {
    List<Pem.Block> blocks = blocks(file, text);
    if (blocks.size() != 1 || !blocks.get(0).type().equals(PRIVATE_KEY)) {
      String types = blocks.stream().map(Pem.Block::type).toList().toString();
      throw new PkiException(
          "The key file %s must hold one unencrypted PRIVATE KEY (PKCS#8), and has %s."
              .formatted(file, types),
          types.contains(PRIVATE_KEY)
              ? "run: openssl pkcs8 -topk8 -nocrypt -in %s -out NEW".formatted(file)
              : "another file was named.");
    }
    return KEY_ALGORITHMS.stream()
        .flatMap(algorithm -> decoded(algorithm, blocks.get(0).content()).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new PkiException(
                    "The key in %s must be an EC (P-256, P-384) or RSA key.".formatted(file),
                    "it is an Ed25519 key, which not every TLS library takes, or the file was edited."));
  }

  private static Optional<PrivateKey> decoded(String algorithm, byte[] content) {
    try {
      return Optional.of(
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(content)));
    } catch (GeneralSecurityException anotherKind) {
      return Optional.empty();
    }
  }

  private static List<Pem.Block> blocks(Path file, String text) throws PkiException {
    try {
      return Pem.parse(text);
    } catch (IOException malformed) {
      throw new PkiException(
          "The file %s is not whole: %s.".formatted(file, malformed.getMessage()),
          "it was cut when it was copied: copy it again.",
          malformed);
    }
  }
}
