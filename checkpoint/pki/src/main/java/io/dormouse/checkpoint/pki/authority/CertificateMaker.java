package io.dormouse.checkpoint.pki.authority;

import io.dormouse.checkpoint.pki.KeyPairs;
import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Usage;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Builds and signs certificates (RFC 5280). */
final class CertificateMaker {
  /** Clocks of nodes differ; a fresh certificate must be valid on all of them. */
  static final Duration BACKDATED = Duration.ofMinutes(5);

  private static final String CURVE = "secp256r1";
  private static final int SERIAL_BITS = 127;

  /** X.520's limit of a common name. */
  private static final int COMMON_NAME_MAX = 64;

  private CertificateMaker() {}

  static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(CURVE));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("Every Java has P-256.", impossible);
    }
  }

  /** An authority's own certificate. */
  static X509Certificate authority(KeyPair keys, Instant now, Duration validity) {
    BigInteger serial = serial();
    X500Name name =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.O, "Dormouse")
            .addRDN(BCStyle.CN, "Authority " + serial.toString(16).substring(0, 8))
            .build();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name, serial, from(now), until(now, validity), name, keys.getPublic());
    try {
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(keys.getPublic()));
      return signed(builder, keys.getPrivate());
    } catch (GeneralSecurityException | CertIOException impossible) {
      throw unbuildable(impossible);
    }
  }

  /** A peer's certificate. */
  static X509Certificate peer(
      CertificateRequest request, PublicKey key, Signer signer, Instant now) {
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            signer.certificate(),
            serial(),
            from(now),
            until(now, request.validity()),
            subject(request.name()),
            key);
    try {
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, usages(request.name()));
      builder.addExtension(Extension.subjectAlternativeName, false, names(request));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          ids.createAuthorityKeyIdentifier(signer.certificate()));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(key));
      return signed(builder, signer.key());
    } catch (GeneralSecurityException | CertIOException impossible) {
      throw unbuildable(impossible);
    }
  }

  /** Who signs. */
  record Signer(X509Certificate certificate, PrivateKey key) {}

  private static X500Name subject(PeerName name) {
    String node = name.node();
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, "Dormouse")
        .addRDN(BCStyle.OU, name.role().label())
        .addRDN(BCStyle.CN, node.substring(0, Math.min(node.length(), COMMON_NAME_MAX)))
        .build();
  }

  private static ExtendedKeyUsage usages(PeerName name) {
    return new ExtendedKeyUsage(
        Usage.of(name.role()).stream()
            .map(usage -> KeyPurposeId.getInstance(new ASN1ObjectIdentifier(usage.id())))
            .toArray(KeyPurposeId[]::new));
  }

  private static GeneralNames names(CertificateRequest request) {
    List<GeneralName> names = new ArrayList<>();
    names.add(new GeneralName(GeneralName.uniformResourceIdentifier, request.name().uri()));
    for (String host : request.hosts()) {
      int type = CertificateRequest.isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName;
      names.add(new GeneralName(type, host));
    }
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }

  private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder(KeyPairs.signatureOf(key.getAlgorithm()))
                      .build(key)));
    } catch (OperatorCreationException unusable) {
      throw new GeneralSecurityException(unusable);
    }
  }

  /** Not guessable, so that nobody can prepare a certificate that collides. */
  private static BigInteger serial() {
    return new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS - 1);
  }

  private static Date from(Instant now) {
    return Date.from(now.minus(BACKDATED).truncatedTo(ChronoUnit.SECONDS));
  }

  private static Date until(Instant now, Duration validity) {
    return Date.from(now.plus(validity).truncatedTo(ChronoUnit.SECONDS));
  }

  private static IllegalStateException unbuildable(Exception behind) {
    return new IllegalStateException("A certificate of checked parts can be built.", behind);
  }
}
