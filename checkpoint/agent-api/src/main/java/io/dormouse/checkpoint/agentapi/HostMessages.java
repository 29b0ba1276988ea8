package io.dormouse.checkpoint.agentapi;

import io.dormouse.checkpoint.agentapi.proto.Host;
import io.dormouse.checkpoint.hosts.HostAbilities;
import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.hosts.RestoreRules.Subject;
import java.util.Map;
import java.util.TreeSet;

/** Hosts as agents tell of them, and as the rules of restoring want them. */
public final class HostMessages {
  private HostMessages() {}

  /**
   * What an agent tells of its host.
   *
   * @param engine that it runs
   */
  public static Host of(HostAbilities abilities, String engine) {
    HostFingerprint host = abilities.host();
    return Host.newBuilder()
        .setKernelRelease(host.kernelRelease())
        .setCpuModel(host.cpuModel())
        .addAllCpuFeatures(host.cpuFeatures())
        .setLibc(host.libc())
        .setCgroups(host.cgroups())
        .setStorage(host.storage())
        .setToolVersion(host.toolVersion())
        .setEngine(engine)
        .setGpu(abilities.gpu().works())
        .setGpuReason(abilities.gpu().reason())
        .build();
  }

  /** What can be restored there: the engine that its agent runs was opened, so it works. */
  public static HostAbilities abilities(Host host) {
    return abilities(
        fingerprint(host),
        host.getEngine(),
        new Probe(host.getGpu(), host.getToolVersion(), host.getGpuReason()));
  }

  /** The same, of an agent's own host. */
  public static HostAbilities abilities(HostFingerprint host, String engine, Probe gpu) {
    Probe works = new Probe(true, host.toolVersion(), "its agent runs it");
    return new HostAbilities(host, Map.of(engine, works), gpu);
  }

  /** What is dumped there, as far as its host is concerned. */
  public static Subject subject(Host host) {
    return new Subject(host.getEngine(), fingerprint(host), false);
  }

  private static HostFingerprint fingerprint(Host host) {
    return new HostFingerprint(
        host.getKernelRelease(),
        host.getCpuModel(),
        new TreeSet<>(host.getCpuFeaturesList()),
        host.getLibc(),
        host.getCgroups(),
        host.getStorage(),
        host.getToolVersion());
  }
}
