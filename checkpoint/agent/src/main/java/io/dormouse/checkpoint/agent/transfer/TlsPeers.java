package io.dormouse.checkpoint.agent.transfer;

import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Other agents of the same cell, by mutual TLS: nobody else than the agent of that node answers.
 */
public record TlsPeers(TlsIdentity identity) implements Peers {
  private static final int MESSAGE_BYTES_MAX = 4 << 20;

  @Override
  public PeerImage open(Pulls.Wanted wanted) throws IOException {
    PeerAddress peer = wanted.from();
    PeerName agent = new PeerName(identity.name().cell(), Role.AGENT, peer.node());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(peer.host(), peer.port())
            .sslContext(identity.clientContext(agent))
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .keepAliveTime(20, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .build();
    PeerCalls.Patience patience = PeerCalls.Patience.until(wanted.deadline());
    return new PeerOffer(
        wanted.id(), wanted.ownerUid(), new PeerCalls(wanted.id(), peer.node(), channel, patience));
  }
}
