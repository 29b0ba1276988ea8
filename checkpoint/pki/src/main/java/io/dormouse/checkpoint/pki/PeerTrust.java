package io.dormouse.checkpoint.pki;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides at each handshake whether the other end is who it must be: a valid certificate of a
 * trusted authority, made for that end of a connection, of the same cell, and where one peer is
 * meant, of that peer.
 */
final class PeerTrust extends X509ExtendedTrustManager {
  private static final Logger LOG = LoggerFactory.getLogger(PeerTrust.class);

  private final Supplier<Material> material;
  private final Optional<PeerName> expected;
  private final LogLimit limit = new LogLimit();

  /** {@code expected} is empty where any peer of the cell may connect. */
  PeerTrust(Supplier<Material> material, Optional<PeerName> expected) {
    this.material = material;
    this.expected = expected;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
      throws CertificateException {
    check(chain, Usage.CLIENT, trust -> trust.checkClientTrusted(chain, kind, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
      throws CertificateException {
    check(chain, Usage.SERVER, trust -> trust.checkServerTrusted(chain, kind, engine));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket)
      throws CertificateException {
    check(chain, Usage.CLIENT, trust -> trust.checkClientTrusted(chain, kind, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
      throws CertificateException {
    check(chain, Usage.SERVER, trust -> trust.checkServerTrusted(chain, kind, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    check(chain, Usage.CLIENT, trust -> trust.checkClientTrusted(chain, kind));
  }

  /** Never enough: without the connection nobody can say which host is meant. */
  @Override
  public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
    throw new CertificateException("A server is trusted on its connection only.");
  }

  /** None are told to clients: what is trusted may change, and is nobody's business. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  private void check(X509Certificate[] chain, Usage usage, Check byAuthorities)
      throws CertificateException {
    try {
      Material own = material.get();
      byAuthorities.apply(own.trust());
      usage.require(chain[0]);
      PeerName peer = PeerName.of(chain[0]);
      requireExpected(peer, own.name());
    } catch (CertificateException refused) {
      limit.run(() -> LOG.warn("peer=\"{}\" refused: {}", subject(chain), refused.getMessage()));
      throw refused;
    }
  }

  private void requireExpected(PeerName peer, PeerName own) throws CertificateException {
    if (!peer.cell().equals(own.cell())) {
      throw new CertificateException(
          "The peer is the %s, and must be of the cell %s.%nMaybe its certificate was issued with another --cell."
              .formatted(peer, own.cell()));
    }
    if (expected.isPresent() && !peer.equals(expected.get())) {
      throw new CertificateException(
          "The peer is the %s, and must be the %s.%nMaybe an address belongs to another node now."
              .formatted(peer, expected.get()));
    }
  }

  private static String subject(X509Certificate[] chain) {
    return chain.length == 0
        ? "nobody"
        : PeerName.shown(chain[0].getSubjectX500Principal().toString());
  }

  /** One of the ways to ask the authorities. */
  private interface Check {
    void apply(X509ExtendedTrustManager trust) throws CertificateException;
  }
}
