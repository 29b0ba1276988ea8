package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.CacheImage;
import io.dormouse.checkpoint.agentapi.proto.DiscardImage;
import io.dormouse.checkpoint.agentapi.proto.DraftImage;
import io.dormouse.checkpoint.agentapi.proto.Dump;
import io.dormouse.checkpoint.agentapi.proto.EvictData;
import io.dormouse.checkpoint.agentapi.proto.Freeze;
import io.dormouse.checkpoint.agentapi.proto.HandOverImage;
import io.dormouse.checkpoint.agentapi.proto.PullImage;
import io.dormouse.checkpoint.agentapi.proto.Release;
import io.dormouse.checkpoint.agentapi.proto.RenewLeases;
import io.dormouse.checkpoint.agentapi.proto.RestoreFrozen;
import io.dormouse.checkpoint.agentapi.proto.TakeBackImage;
import io.dormouse.checkpoint.agentapi.proto.Terminate;
import io.dormouse.checkpoint.agentapi.proto.Thaw;
import io.dormouse.checkpoint.agentapi.proto.UncacheImage;
import java.util.List;
import java.util.UUID;

/** What a leader may ask for. */
final class Orders {
  static final long LEASE = SteppedAgent.LEASE;

  private Orders() {}

  static AgentCommand.Builder freeze(String instance) {
    return AgentCommand.newBuilder()
        .setFreeze(Freeze.newBuilder().setInstance(instance).setLeaseMillis(LEASE));
  }

  static AgentCommand.Builder thaw(String instance) {
    return AgentCommand.newBuilder().setThaw(Thaw.newBuilder().setInstance(instance));
  }

  static AgentCommand.Builder dump(String instance, UUID generation) {
    return AgentCommand.newBuilder()
        .setDump(
            Dump.newBuilder()
                .setInstance(instance)
                .setGeneration(generation.toString())
                .setLeaseMillis(LEASE));
  }

  static AgentCommand.Builder evict(String instance, UUID image) {
    return AgentCommand.newBuilder()
        .setEvictData(
            EvictData.newBuilder()
                .setInstance(instance)
                .setGeneration(image.toString())
                .setLeaseMillis(LEASE));
  }

  static AgentCommand.Builder draft(String instance, UUID image) {
    return AgentCommand.newBuilder()
        .setDraftImage(
            DraftImage.newBuilder()
                .setInstance(instance)
                .setGeneration(image.toString())
                .setLeaseMillis(LEASE));
  }

  static AgentCommand.Builder cache(String instance, UUID generation) {
    return AgentCommand.newBuilder()
        .setCacheImage(
            CacheImage.newBuilder().setInstance(instance).setGeneration(generation.toString()));
  }

  static AgentCommand.Builder uncache(String instance, UUID generation) {
    return AgentCommand.newBuilder()
        .setUncacheImage(
            UncacheImage.newBuilder().setInstance(instance).setGeneration(generation.toString()));
  }

  static AgentCommand.Builder release(String instance, UUID generation) {
    return AgentCommand.newBuilder()
        .setRelease(
            Release.newBuilder().setInstance(instance).setGeneration(generation.toString()));
  }

  static AgentCommand.Builder restore(String instance, UUID image, UUID next) {
    return AgentCommand.newBuilder()
        .setRestoreFrozen(
            RestoreFrozen.newBuilder()
                .setInstance(instance)
                .setGeneration(image.toString())
                .setNewGeneration(next.toString())
                .setLeaseMillis(LEASE));
  }

  static AgentCommand.Builder renew(List<String> instances) {
    return AgentCommand.newBuilder()
        .setRenewLeases(RenewLeases.newBuilder().addAllInstances(instances).setLeaseMillis(LEASE));
  }

  static AgentCommand.Builder discard(String instance, UUID generation) {
    return AgentCommand.newBuilder()
        .setDiscardImage(
            DiscardImage.newBuilder().setInstance(instance).setGeneration(generation.toString()));
  }

  static AgentCommand.Builder terminate(String instance) {
    return AgentCommand.newBuilder()
        .setTerminate(Terminate.newBuilder().setInstance(instance).setReason("test"));
  }

  static AgentCommand.Builder handOver(String instance, UUID generation, String node) {
    return AgentCommand.newBuilder()
        .setHandOverImage(
            HandOverImage.newBuilder()
                .setInstance(instance)
                .setGeneration(generation.toString())
                .setNode(node));
  }

  static AgentCommand.Builder pull(String instance, UUID generation, String node) {
    return AgentCommand.newBuilder()
        .setPullImage(
            PullImage.newBuilder()
                .setInstance(instance)
                .setGeneration(generation.toString())
                .setOwnerUid(SteppedAgent.ALICE.uid())
                .setNode(node)
                .setHost("127.0.0.1")
                .setPort(1));
  }

  static AgentCommand.Builder takeBack(String instance, UUID generation, String node) {
    return AgentCommand.newBuilder()
        .setTakeBackImage(
            TakeBackImage.newBuilder()
                .setInstance(instance)
                .setGeneration(generation.toString())
                .setNode(node));
  }
}
