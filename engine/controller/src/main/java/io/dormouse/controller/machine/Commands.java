package io.dormouse.controller.machine;

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
import io.dormouse.checkpoint.agentapi.proto.Terminate;
import io.dormouse.checkpoint.agentapi.proto.Thaw;
import io.dormouse.checkpoint.agentapi.proto.UncacheImage;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The command of each step. */
final class Commands {
  private final MachineSettings settings;

  Commands(MachineSettings settings) {
    this.settings = settings;
  }

  AgentCommand ofAgentStep(Intent intent, Epoch epoch) {
    String instance = intent.instanceOrFail().value();
    AgentCommand.Builder command = begin(intent.requestId(), epoch, deadline(intent.step()));
    long lease = settings.lease().toMillis();
    switch (intent.step()) {
      case FREEZE ->
          command.setFreeze(Freeze.newBuilder().setInstance(instance).setLeaseMillis(lease));
      case DUMP ->
          command.setDump(
              Dump.newBuilder()
                  .setInstance(instance)
                  .setGeneration(intent.image())
                  .setLeaseMillis(lease)
                  .setCloseConnections(intent.kind() == Kind.MOVE));
      case DRAFT ->
          command.setDraftImage(
              DraftImage.newBuilder()
                  .setInstance(instance)
                  .setGeneration(intent.draft())
                  .setLeaseMillis(lease));
      case HAND_OVER, HAND_OVER_DRAFT ->
          command.setHandOverImage(
              HandOverImage.newBuilder()
                  .setInstance(instance)
                  .setGeneration(onTheWay(intent))
                  .setNode(intent.elsewhereOrFail().node().value()));
      case EVICT ->
          command.setEvictData(
              EvictData.newBuilder()
                  .setInstance(instance)
                  .setGeneration(intent.image())
                  .setLeaseMillis(lease));
      case CACHE ->
          command.setCacheImage(
              CacheImage.newBuilder().setInstance(instance).setGeneration(intent.image()));
      case UNCACHE ->
          command.setUncacheImage(
              UncacheImage.newBuilder().setInstance(instance).setGeneration(intent.image()));
      case RELEASE_SOURCE ->
          command.setRelease(
              Release.newBuilder().setInstance(instance).setGeneration(intent.image()));
      case UNDO_THAW, THAW -> command.setThaw(Thaw.newBuilder().setInstance(instance));
      case RESTORE ->
          command.setRestoreFrozen(
              RestoreFrozen.newBuilder()
                  .setInstance(instance)
                  .setGeneration(intent.image())
                  .setNewGeneration(intent.life())
                  .setLeaseMillis(lease));
      case ABORT_COPY, END_PROCESS ->
          command.setTerminate(
              Terminate.newBuilder().setInstance(instance).setReason(intent.problem()));
      default -> throw new IllegalStateException("No command for an agent: " + intent);
    }
    return command.build();
  }

  /** What a step takes from one agent to the other. */
  private static String onTheWay(Intent intent) {
    return switch (intent.step()) {
      case HAND_OVER_DRAFT, PULL_DRAFT -> intent.draft();
      default -> intent.image();
    };
  }

  /** {@code owner}: whose the image must be, by user id. */
  AgentCommand pull(Intent intent, Epoch epoch, Agents.Address source, long owner) {
    return begin(intent.requestId(), epoch, deadline(intent.step()))
        .setPullImage(
            PullImage.newBuilder()
                .setInstance(intent.instanceOrFail().value())
                .setGeneration(onTheWay(intent))
                .setOwnerUid(owner)
                .setNode(intent.elsewhereOrFail().node().value())
                .setHost(source.host())
                .setPort(source.port())
                .setCache(true))
        .build();
  }

  /** {@code near}: where an allocation would best be, as the scheduler calls it. */
  SchedulerCommand ofSchedulerStep(Intent intent, Optional<NodeId> near) {
    String request = intent.requestId();
    return switch (intent.step()) {
      case QUIESCE -> new SchedulerCommand.Quiesce(request, intent.instanceOrFail(), intent.to());
      case UNDO_RESUME, RESUME -> new SchedulerCommand.Resume(request, intent.instanceOrFail());
      case RESERVE ->
          new SchedulerCommand.Reserve(
              request, intent.instanceOrFail(), intent.elsewhereOrFail().node());
      case REDIRECT -> new SchedulerCommand.Redirect(request, intent.instanceOrFail());
      case UNRESERVE -> new SchedulerCommand.Unreserve(request, intent.instanceOrFail());
      case ALLOCATE -> new SchedulerCommand.Allocate(request, intent.instanceOrFail(), near);
      case RELEASE_ALLOCATION, ABORT_ALLOCATION ->
          new SchedulerCommand.Release(request, intent.instanceOrFail());
      case END_INSTANCE -> new SchedulerCommand.Terminate(request, intent.instanceOrFail());
      case START -> new SchedulerCommand.Start(request, intent.workloadClass());
      default -> throw new IllegalStateException("No command for a scheduler: " + intent);
    };
  }

  AgentCommand discard(String requestId, InstanceId instance, String image, Epoch epoch) {
    return begin(requestId, epoch, settings.patience().freeze())
        .setDiscardImage(
            DiscardImage.newBuilder().setInstance(instance.value()).setGeneration(image))
        .build();
  }

  AgentCommand renew(String requestId, List<InstanceId> instances, Epoch epoch) {
    RenewLeases.Builder renewal =
        RenewLeases.newBuilder().setLeaseMillis(settings.lease().toMillis());
    instances.forEach(instance -> renewal.addInstances(instance.value()));
    return begin(requestId, epoch, settings.beat()).setRenewLeases(renewal).build();
  }

  /** How long a step may take before it counts as late. */
  Duration deadline(Step step) {
    MachineSettings.Patience patience = settings.patience();
    return switch (step) {
      case QUIESCE -> patience.quiesce();
      case DRAFT, DUMP, CACHE, EVICT, PULL, PULL_DRAFT -> patience.dump();
      case RESTORE -> patience.restore();
      case ALLOCATE, RESERVE, AWAIT_LAUNCHER, START -> patience.allocate();
      case FREEZE,
          THAW,
          UNDO_THAW,
          HAND_OVER,
          HAND_OVER_DRAFT,
          UNCACHE,
          RELEASE_SOURCE,
          REDIRECT,
          UNRESERVE,
          RELEASE_ALLOCATION,
          UNDO_RESUME,
          RESUME,
          ABORT_COPY,
          ABORT_ALLOCATION,
          END_PROCESS,
          END_INSTANCE ->
          patience.freeze();
    };
  }

  private AgentCommand.Builder begin(String requestId, Epoch epoch, Duration timeout) {
    return AgentCommand.newBuilder()
        .setCell(settings.cell())
        .setEpoch(
            io.dormouse.checkpoint.agentapi.proto.Epoch.newBuilder()
                .setIncarnation(epoch.incarnation())
                .setCzxid(epoch.czxid()))
        .setRequestId(requestId)
        .setTimeoutMillis(timeout.toMillis());
  }
}
