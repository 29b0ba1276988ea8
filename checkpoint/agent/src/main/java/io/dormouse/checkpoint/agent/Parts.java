package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.HostMessages;
import io.dormouse.checkpoint.agentapi.proto.Abilities;
import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.engines.Ability;
import io.dormouse.checkpoint.engines.DataEviction;
import io.dormouse.checkpoint.engines.InstanceEngine;
import io.dormouse.checkpoint.hosts.HostAbilities;
import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.images.ImageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * What the work on each instance needs.
 *
 * @param fast copies of images on fast storage of this node, if it has one
 * @param verdicts what came of dumping each kind of instance
 * @param dumps one permit per dump that may run at once
 * @param events hears what changes
 */
record Parts(
    Settings settings,
    InstanceEngine engine,
    ImageStore store,
    Optional<FastImages> fast,
    RecordStore records,
    DumpVerdicts verdicts,
    AgentClock clock,
    Semaphore dumps,
    Consumer<AgentEvent> events) {

  /** Takes data off the disk and brings it back. */
  DataEviction eviction() {
    return new DataEviction(DataEviction.Limits.DEFAULT, settings.slow());
  }

  /** What controllers may ask for. */
  Abilities abilities() {
    return Abilities.newBuilder()
        .setFreeze(engine.abilities().contains(Ability.FREEZE))
        .setImage(engine.abilities().contains(Ability.IMAGE))
        .setHost(HostMessages.of(restores(), engine.name()))
        .setData(engine.abilities().contains(Ability.DATA))
        .setLazy(lazy().isPresent())
        .build();
  }

  /** The copies, where instances can be woken from them. */
  Optional<FastImages> lazy() {
    return fast.filter(copies -> engine.abilities().contains(Ability.LAZY));
  }

  /** What this node can restore. */
  HostAbilities restores() {
    return HostMessages.abilities(settings.host(), engine.name(), settings.gpu());
  }

  /**
   * @param node this node's name
   * @param readOnlyPaths host paths that capsules see beside the usual ones
   * @param reconnectWindow how long a launcher may take to come back after a restart of the agent
   * @param quick time limit of freeze, thaw, kill
   * @param slow time limit of start, dump, restore
   * @param gpu whether what holds a GPU can be dumped and restored
   */
  record Settings(
      String node,
      List<Path> readOnlyPaths,
      LeaseLimits leases,
      Duration reconnectWindow,
      Duration quick,
      Duration slow,
      HostFingerprint host,
      Probe gpu) {}
}
