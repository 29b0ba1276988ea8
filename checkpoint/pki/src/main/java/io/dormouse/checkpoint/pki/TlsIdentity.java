package io.dormouse.checkpoint.pki;

import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon's certificate in use: TLS 1.3 with certificates on both sides. Looks at its files every
 * ten seconds; what is new and fit for use counts from the next handshake on, what is not is logged
 * and the old goes on. Thread-safe.
 */
public final class TlsIdentity implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TlsIdentity.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);

  /** The last part of a certificate's life, in which each hour brings a warning. */
  private static final int WARNED_PART = 4;

  private static final Duration WARNING_PERIOD = Duration.ofHours(1);

  private final TlsFiles files;
  private final Role role;
  private final InstantSource clock;
  private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
  private final PeerTrust callers = new PeerTrust(this::material, Optional.empty());
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ScheduledThreadPoolExecutor timer;
  private volatile Material material;

  /** Guarded by this. */
  private String lastTrouble = "";

  /** Guarded by this. */
  private Instant nextWarning = Instant.MIN;

  private TlsIdentity(TlsFiles files, Role role, InstantSource clock) throws PkiException {
    this.files = files;
    this.role = role;
    this.clock = clock;
    this.material = Material.of(files, TlsContents.read(files), role, clock.instant());
    use(material);
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "tls-files");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Reads the files, and looks at them again from time to time until closed.
   *
   * @throws PkiException if they can't be used for this role; the message says why
   */
  public static TlsIdentity open(TlsFiles files, Role role, InstantSource clock)
      throws PkiException {
    return open(files, role, clock, PERIOD);
  }

  static TlsIdentity open(TlsFiles files, Role role, InstantSource clock, Duration period)
      throws PkiException {
    TlsIdentity identity = new TlsIdentity(files, role, clock);
    var unused =
        identity.timer.scheduleWithFixedDelay(
            identity::reload, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    return identity;
  }

  /** Who this is; stays the same as long as it is open. */
  public PeerName name() {
    return material.name();
  }

  /** The certificate that the next handshake shows. */
  public X509Certificate certificate() {
    return material.certificate();
  }

  /** What a server needs, that lets peers of the same cell in and nobody else. */
  public SslContext serverContext() throws SSLException {
    return serverContext(TlsContexts.provider());
  }

  SslContext serverContext(SslProvider provider) throws SSLException {
    return TlsContexts.server(provider, keys, callers);
  }

  /**
   * What a client needs, that talks to this peer only. A session that is resumed shows the
   * certificate that it began with: make another after each {@link #onReload reload}.
   */
  public SslContext clientContext(PeerName server) throws SSLException {
    return clientContext(TlsContexts.provider(), server);
  }

  SslContext clientContext(SslProvider provider, PeerName server) throws SSLException {
    return TlsContexts.client(provider, keys, new PeerTrust(this::material, Optional.of(server)));
  }

  /**
   * Calls after each change of the files that counts, from a thread that it must not hold up.
   *
   * @return ends it when closed
   */
  public Subscription onReload(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Being called after each reload. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Checks the certificate of an open connection again, as it was when the connection was made.
   *
   * @throws CertificateException if it has expired since, or its authority is not trusted any more
   */
  PeerName checkCaller(X509Certificate[] chain) throws CertificateException {
    callers.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
    if (!Material.isValid(chain[0], clock.instant())) {
      throw new CertificateException(
          "The caller's certificate expired at %s.%nMaybe renew it: dormouse pki renew"
              .formatted(chain[0].getNotAfter().toInstant()));
    }
    return PeerName.of(chain[0]);
  }

  /** Looks at the files now. */
  public synchronized void reload() {
    try {
      TlsContents contents = TlsContents.read(files);
      if (!contents.equals(material.contents())) {
        replace(Material.of(files, contents, role, clock.instant()));
      }
      lastTrouble = "";
    } catch (PkiException unfit) {
      String trouble = String.valueOf(unfit.getMessage());
      if (!trouble.equals(lastTrouble)) {
        LOG.warn("identity={}: the old certificate stays in use. {}", name().uri(), trouble);
      }
      lastTrouble = trouble;
    } catch (RuntimeException bug) {
      LOG.error("identity={}: the certificate's files can't be looked at.", name().uri(), bug);
    }
    warnOfTheEnd();
  }

  private void replace(Material next) throws PkiException {
    if (!next.name().equals(name())) {
      throw new PkiException(
          "The certificate in %s is that of the %s, and was that of the %s."
              .formatted(files.certificate(), next.name(), name()),
          "it was copied to the wrong node; if it is meant, start this process again.");
    }
    use(next);
    LOG.info(
        "identity={} expires={}: the certificate was read anew",
        next.name().uri(),
        next.certificate().getNotAfter().toInstant());
    listeners.forEach(Runnable::run);
  }

  private void use(Material next) {
    keys.updateIdentityCredentials(next.chain().toArray(X509Certificate[]::new), next.key());
    material = next;
  }

  private void warnOfTheEnd() {
    Instant now = clock.instant();
    Instant end = certificate().getNotAfter().toInstant();
    Duration life = Duration.between(certificate().getNotBefore().toInstant(), end);
    if (now.isAfter(end.minus(life.dividedBy(WARNED_PART))) && !now.isBefore(nextWarning)) {
      LOG.warn(
          "identity={} expires={}: the certificate ends soon.{}Maybe renew it: dormouse pki renew",
          name().uri(),
          end,
          System.lineSeparator());
      nextWarning = now.plus(WARNING_PERIOD);
    }
  }

  private Material material() {
    return material;
  }

  /** Looks at the files no more; connections stay. */
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
