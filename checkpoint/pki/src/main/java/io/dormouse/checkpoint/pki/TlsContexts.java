package io.dormouse.checkpoint.pki;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/**
 * TLS 1.3 and nothing older, by the TLS library that gRPC brings where it loads, else by Java's.
 */
final class TlsContexts {
  private static final String PROTOCOL = "TLSv1.3";

  private TlsContexts() {}

  static SslProvider provider() {
    return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
  }

  static SslContext server(SslProvider provider, KeyManager keys, TrustManager trust)
      throws SSLException {
    return GrpcSslContexts.configure(SslContextBuilder.forServer(keys), provider)
        .trustManager(trust)
        .clientAuth(ClientAuth.REQUIRE)
        .protocols(PROTOCOL)
        .build();
  }

  static SslContext client(SslProvider provider, KeyManager keys, TrustManager trust)
      throws SSLException {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), provider)
        .keyManager(keys)
        .trustManager(trust)
        .protocols(PROTOCOL)
        .build();
  }
}
