package io.dormouse.checkpoint.pki;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Lets calls of one role in. Each call checks the certificate of its connection again, so that an
 * open connection does not outlive its certificate or authority.
 */
public final class CallerGuard implements ServerInterceptor {
  /** Who calls; set in each call that was let in. */
  public static final Context.Key<PeerName> CALLER = Context.key("dormouse-caller");

  private final TlsIdentity identity;
  private final Role role;

  /** {@code role} is that of those who may call. */
  public CallerGuard(TlsIdentity identity, Role role) {
    this.identity = identity;
    this.role = role;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    PeerName caller;
    try {
      caller = callerOf(call);
    } catch (CertificateException | SSLPeerUnverifiedException unknown) {
      return refuse(call, Status.UNAUTHENTICATED, String.valueOf(unknown.getMessage()));
    }
    if (caller.role() != role) {
      return refuse(
          call,
          Status.PERMISSION_DENIED,
          "The caller is the %s, and must be of the role %s.%nMaybe it was given the certificate of another daemon."
              .formatted(caller, role.label()));
    }
    return Contexts.interceptCall(Context.current().withValue(CALLER, caller), call, headers, next);
  }

  private <Q, A> PeerName callerOf(ServerCall<Q, A> call)
      throws CertificateException, SSLPeerUnverifiedException {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      throw new CertificateException("The connection is not encrypted.");
    }
    X509Certificate[] chain =
        Arrays.stream(session.getPeerCertificates())
            .map(X509Certificate.class::cast)
            .toArray(X509Certificate[]::new);
    return identity.checkCaller(chain);
  }

  private static <Q, A> ServerCall.Listener<Q> refuse(
      ServerCall<Q, A> call, Status status, String why) {
    call.close(status.withDescription(why), new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
