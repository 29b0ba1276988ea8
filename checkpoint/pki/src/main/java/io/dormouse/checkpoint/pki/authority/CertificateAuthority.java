package io.dormouse.checkpoint.pki.authority;

import io.dormouse.checkpoint.pki.KeyPairs;
import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.PemFiles;
import io.dormouse.checkpoint.pki.PkiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * A private certificate authority: a folder with its key, its certificate and a log of what it
 * signed. Keys are P-256, which every TLS library in use takes.
 */
public final class CertificateAuthority {
  /** How long an authority is valid unless said otherwise. */
  public static final Duration DEFAULT_VALIDITY = Duration.ofDays(3650);

  private static final Duration VALIDITY_MIN = Duration.ofHours(1);
  private static final Duration VALIDITY_MAX = Duration.ofDays(7300);
  private static final String KEY = "ca-key.pem";
  private static final String CERTIFICATE = "ca.pem";
  private static final String LOG = "issued.jsonl";

  private final Path folder;
  private final CertificateMaker.Signer signer;
  private final IssuedLog log;
  private final InstantSource clock;

  private CertificateAuthority(Path folder, CertificateMaker.Signer signer, InstantSource clock) {
    this.folder = folder;
    this.signer = signer;
    this.log = new IssuedLog(folder.resolve(LOG));
    this.clock = clock;
  }

  /**
   * Makes a new one in a folder.
   *
   * @param validity from an hour to 7300 days
   * @throws PkiException if there is one already
   * @throws IOException if the folder can't be written
   */
  public static CertificateAuthority create(Path folder, Duration validity, InstantSource clock)
      throws IOException {
    if (validity.compareTo(VALIDITY_MIN) < 0 || validity.compareTo(VALIDITY_MAX) > 0) {
      throw new IllegalArgumentException(
          "The validity (%s) of an authority must be from %s to %d days.%nMaybe a unit is wrong: 3650d are ten years."
              .formatted(validity, VALIDITY_MIN, VALIDITY_MAX.toDays()));
    }
    if (Files.exists(folder.resolve(KEY)) || Files.exists(folder.resolve(CERTIFICATE))) {
      throw new PkiException(
          "There is an authority in %s already, and it is not overwritten.".formatted(folder),
          "another folder is meant: give it with --ca.");
    }
    KeyPair keys = CertificateMaker.keyPair();
    X509Certificate certificate = CertificateMaker.authority(keys, clock.instant(), validity);
    PkiFiles.folder(folder);
    PkiFiles.create(folder.resolve(KEY), PemFiles.write(keys.getPrivate()), PkiFiles.SECRET);
    PkiFiles.create(folder.resolve(CERTIFICATE), encoded(certificate), PkiFiles.PUBLIC);
    return new CertificateAuthority(
        folder, new CertificateMaker.Signer(certificate, keys.getPrivate()), clock);
  }

  /**
   * Opens the one in a folder.
   *
   * @throws PkiException if there is none, it has expired, or its key is readable for others
   */
  public static CertificateAuthority open(Path folder, InstantSource clock) throws PkiException {
    if (!Files.exists(folder.resolve(CERTIFICATE))) {
      throw new PkiException(
          "There is no authority in %s.".formatted(folder),
          "make one: dormouse pki init --ca " + folder);
    }
    X509Certificate certificate = PemFiles.certificates(folder.resolve(CERTIFICATE)).get(0);
    CertificateMaker.Signer signer =
        new CertificateMaker.Signer(certificate, PemFiles.privateKey(folder.resolve(KEY)));
    if (!KeyPairs.match(signer.key(), certificate.getPublicKey())) {
      throw new PkiException(
          "The key %s is not that of %s."
              .formatted(folder.resolve(KEY), folder.resolve(CERTIFICATE)),
          "one of them was copied from another authority.");
    }
    return new CertificateAuthority(folder, signer, clock);
  }

  /** Its own certificate, which peers must trust. */
  public X509Certificate certificate() {
    return signer.certificate();
  }

  /** The file with its certificate. */
  public Path certificateFile() {
    return folder.resolve(CERTIFICATE);
  }

  /**
   * Makes a key and a certificate, and puts them into a folder together with this authority's
   * certificate.
   *
   * @throws PkiException if one of the files is there already, or the authority ends first
   * @throws IOException if a file can't be written
   */
  public Issued issue(CertificateRequest request, IssuedFiles into) throws IOException {
    List<Path> files = List.of(into.key(), into.authority(), into.certificate());
    for (Path file : files) {
      if (Files.exists(file)) {
        throw new PkiException(
            "The file %s is there already, and is not overwritten.".formatted(file),
            "another --out is meant, or `dormouse pki renew`.");
      }
    }
    KeyPair keys = CertificateMaker.keyPair();
    X509Certificate certificate = sign(request, keys.getPublic(), Optional.empty());
    PkiFiles.folder(into.folder());
    PkiFiles.create(into.key(), PemFiles.write(keys.getPrivate()), PkiFiles.SECRET);
    try {
      PkiFiles.create(into.authority(), encoded(certificate()), PkiFiles.PUBLIC);
      PkiFiles.create(into.certificate(), encoded(certificate), PkiFiles.PUBLIC);
    } catch (IOException halfWritten) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      throw halfWritten;
    }
    return new Issued(certificate, into);
  }

  /**
   * Makes a new certificate with the same names in place of one that this authority issued; what is
   * trusted stays as it is.
   *
   * @throws PkiException if there is none, or it is another authority's
   * @throws IOException if a file can't be written
   */
  public Renewal renew(IssuedFiles files, Renewal.Options options) throws IOException {
    X509Certificate old = PemFiles.certificates(files.certificate()).get(0);
    CertificateRequest request = sameAgain(files, old, options.validity());
    Instant expires = old.getNotAfter().toInstant();
    if (expires.isAfter(clock.instant().plus(options.within()))) {
      return new Renewal.NotDue(files, expires);
    }
    if (!options.newKey()) {
      X509Certificate fresh = sign(request, old.getPublicKey(), Optional.of(old));
      PkiFiles.replace(files.certificate(), encoded(fresh));
      return new Renewal.Renewed(new Issued(fresh, files));
    }
    KeyPair keys = CertificateMaker.keyPair();
    X509Certificate fresh = sign(request, keys.getPublic(), Optional.of(old));
    PkiFiles.replace(files.key(), PemFiles.write(keys.getPrivate()));
    PkiFiles.replace(files.certificate(), encoded(fresh));
    return new Renewal.Renewed(new Issued(fresh, files));
  }

  private CertificateRequest sameAgain(IssuedFiles files, X509Certificate old, Duration validity)
      throws PkiException {
    try {
      old.verify(certificate().getPublicKey());
      PeerName name = PeerName.of(old);
      return new CertificateRequest(name, SubjectHosts.of(old), validity);
    } catch (CertificateException unreadable) {
      throw new PkiException(
          "The certificate in %s can't be renewed: %s"
              .formatted(
                  files.certificate(),
                  String.valueOf(unreadable.getMessage()).lines().findFirst().orElse("")),
          "issue one: dormouse pki issue",
          unreadable);
    } catch (GeneralSecurityException strange) {
      throw new PkiException(
          "The certificate in %s is not of the authority in %s."
              .formatted(files.certificate(), folder),
          "another --ca is meant, or `dormouse pki issue`.",
          strange);
    }
  }

  private X509Certificate sign(
      CertificateRequest request, PublicKey key, Optional<X509Certificate> renews)
      throws IOException {
    Instant now = clock.instant();
    Instant end = certificate().getNotAfter().toInstant();
    if (now.plus(request.validity()).isAfter(end)) {
      throw new PkiException(
          "The validity (%s) must end before that of the authority, at %s."
              .formatted(request.validity(), end),
          "give a shorter --valid, or begin to roll to a new authority.");
    }
    X509Certificate certificate = CertificateMaker.peer(request, key, signer, now);
    log.append(request, certificate, renews, now);
    return certificate;
  }

  private static String encoded(X509Certificate certificate) {
    try {
      return PemFiles.write(certificate);
    } catch (CertificateException impossible) {
      throw new IllegalStateException("What was decoded can be encoded.", impossible);
    }
  }
}
