package io.dormouse.bench.moves;

import io.dormouse.bench.peers.Tools;
import io.dormouse.checkpoint.agentapi.proto.AttachRequest;
import io.dormouse.checkpoint.agentapi.proto.DiscardImage;
import io.dormouse.checkpoint.agentapi.proto.DraftImage;
import io.dormouse.checkpoint.agentapi.proto.Dump;
import io.dormouse.checkpoint.agentapi.proto.HandOverImage;
import io.dormouse.checkpoint.agentapi.proto.PullImage;
import io.dormouse.checkpoint.agentapi.proto.Release;
import io.dormouse.checkpoint.agentapi.proto.RestoreFrozen;
import io.dormouse.checkpoint.agentapi.proto.RunRequest;
import io.dormouse.checkpoint.agentapi.proto.Thaw;
import io.dormouse.checkpoint.agentapi.proto.ThinReply.ReplyCase;
import io.dormouse.checkpoint.agentapi.proto.ThinRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * A move as a controller has agents make it: most comes over while the process runs; then it is
 * dumped, the rest comes over, the copy is restored, the source ended, and only then the copy runs.
 */
record OurMove(Node from, Node to) {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final long LEASE_MILLIS = Duration.ofMinutes(2).toMillis();

  /** How long the process stood still for the draft, and for the move. */
  record Took(Duration draft, Duration stood) {}

  /** Moves an instance of its own, once; a twentieth of its pages changes after most came over. */
  Took measure(Ticking subject) throws IOException {
    String instance = "moved-" + UUID.randomUUID();
    List<String> images = List.of(UUID.randomUUID().toString(), UUID.randomUUID().toString());
    try {
      start(subject, instance);
      Tools.settleDisk(PATIENCE);
      subject.forgetGaps();
      bringDraft(instance, images.get(0));
      Duration draft = subject.takeLongestGap();
      subject.changeSome();
      subject.forgetGaps();
      move(instance, images.get(1));
      return new Took(draft, subject.takeLongestGap());
    } finally {
      from.hangUp();
      to.hangUp();
      for (String image : images) {
        discard(from, instance, image);
        discard(to, instance, image);
      }
    }
  }

  private static void discard(Node node, String instance, String image) throws IOException {
    node.execute(
        order ->
            order.setDiscardImage(
                DiscardImage.newBuilder().setInstance(instance).setGeneration(image)));
  }

  private void start(Ticking subject, String instance) throws IOException {
    from.launch(
        ThinRequest.newBuilder()
            .setRun(
                RunRequest.newBuilder()
                    .setInstance(instance)
                    .setContainer("bench")
                    .addAllArgv(subject.argv()))
            .build(),
        ReplyCase.STARTED);
    subject.awaitFilled();
    to.launch(
        ThinRequest.newBuilder()
            .setAttach(AttachRequest.newBuilder().setInstance(instance).setContainer("bench"))
            .build(),
        ReplyCase.ACCEPTED);
  }

  private void bringDraft(String instance, String draft) throws IOException {
    from.execute(
        order ->
            order.setDraftImage(
                DraftImage.newBuilder()
                    .setInstance(instance)
                    .setGeneration(draft)
                    .setLeaseMillis(LEASE_MILLIS)));
    bring(instance, draft);
  }

  private void bring(String instance, String image) throws IOException {
    from.execute(
        order ->
            order.setHandOverImage(
                HandOverImage.newBuilder()
                    .setInstance(instance)
                    .setGeneration(image)
                    .setNode(to.plan.node())));
    int port = from.agent.port();
    to.execute(
        order ->
            order.setPullImage(
                PullImage.newBuilder()
                    .setInstance(instance)
                    .setGeneration(image)
                    .setNode(from.plan.node())
                    .setHost(from.plan.address())
                    .setPort(port)
                    .setCache(true)));
  }

  private void move(String instance, String image) throws IOException {
    from.execute(
        order ->
            order.setDump(
                Dump.newBuilder()
                    .setInstance(instance)
                    .setGeneration(image)
                    .setLeaseMillis(LEASE_MILLIS)
                    .setCloseConnections(true)));
    bring(instance, image);
    to.execute(
        order ->
            order.setRestoreFrozen(
                RestoreFrozen.newBuilder()
                    .setInstance(instance)
                    .setGeneration(image)
                    .setNewGeneration(UUID.randomUUID().toString())
                    .setLeaseMillis(LEASE_MILLIS)));
    from.execute(
        order -> order.setRelease(Release.newBuilder().setInstance(instance).setGeneration(image)));
    to.execute(order -> order.setThaw(Thaw.newBuilder().setInstance(instance)));
  }
}
