package io.dormouse.checkpoint.pki;

import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates that `dormouse pki` would never make. */
final class OddCertificate {
  private final List<String> uris = new ArrayList<>();
  private final List<KeyPurposeId> usages = new ArrayList<>();
  private boolean authority;
  private int rsaBits;
  private Instant from = Instant.now().minusSeconds(60);
  private Duration validity = Duration.ofHours(1);

  OddCertificate uri(String uri) {
    uris.add(uri);
    return this;
  }

  OddCertificate client() {
    usages.add(KeyPurposeId.id_kp_clientAuth);
    return this;
  }

  OddCertificate server() {
    usages.add(KeyPurposeId.id_kp_serverAuth);
    return this;
  }

  OddCertificate authority() {
    authority = true;
    return this;
  }

  OddCertificate rsa(int bits) {
    rsaBits = bits;
    return this;
  }

  OddCertificate valid(Instant begin, Duration duration) {
    from = begin;
    validity = duration;
    return this;
  }

  /** Signed by the authority of a folder, written like an issued one. */
  TlsFiles signedBy(Path ca, Path folder) throws Exception {
    X509Certificate issuer = PemFiles.certificates(ca.resolve("ca.pem")).get(0);
    PrivateKey key = PemFiles.privateKey(ca.resolve("ca-key.pem"));
    KeyPair own = keys();
    return write(
        folder,
        own,
        build(own, X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded()), key),
        ca.resolve("ca.pem"));
  }

  /** Signed by the key of a peer, which shows its own certificate after it. */
  TlsFiles signedByPeer(IssuedFiles peer, Path folder) throws Exception {
    X509Certificate issuer = PemFiles.certificates(peer.certificate()).get(0);
    KeyPair own = keys();
    X509Certificate made =
        build(
            own,
            X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded()),
            PemFiles.privateKey(peer.key()));
    TlsFiles files = write(folder, own, made, peer.authority());
    Files.writeString(files.certificate(), PemFiles.write(made) + PemFiles.write(issuer));
    return files;
  }

  /** Signed by itself, in a folder that trusts an authority. */
  TlsFiles signedByItself(Path ca, Path folder) throws Exception {
    KeyPair own = keys();
    return write(
        folder, own, build(own, new X500Name("CN=odd"), own.getPrivate()), ca.resolve("ca.pem"));
  }

  private X509Certificate build(KeyPair own, X500Name issuer, PrivateKey signer) throws Exception {
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            BigInteger.valueOf(System.nanoTime()),
            Date.from(from),
            Date.from(from.plus(validity)),
            new X500Name("CN=odd"),
            own.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    if (!usages.isEmpty()) {
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(usages.toArray(KeyPurposeId[]::new)));
    }
    List<GeneralName> names = new ArrayList<>();
    names.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
    uris.forEach(uri -> names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(names.toArray(GeneralName[]::new)));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder(KeyPairs.signatureOf(signer.getAlgorithm()))
                    .build(signer)));
  }

  private KeyPair keys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(rsaBits > 0 ? "RSA" : "EC");
    generator.initialize(rsaBits > 0 ? rsaBits : 256);
    return generator.generateKeyPair();
  }

  private static TlsFiles write(Path folder, KeyPair own, X509Certificate made, Path ca)
      throws Exception {
    Files.createDirectories(folder);
    TlsFiles files =
        new TlsFiles(folder.resolve("c.pem"), folder.resolve("k.pem"), folder.resolve("a.pem"));
    Files.writeString(files.certificate(), PemFiles.write(made));
    Files.writeString(files.key(), PemFiles.write(own.getPrivate()));
    Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-------"));
    Files.copy(ca, files.authority());
    return files;
  }
}
