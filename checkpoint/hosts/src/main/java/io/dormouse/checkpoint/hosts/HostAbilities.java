package io.dormouse.checkpoint.hosts;

import java.util.Map;

/**
 * What a host can restore.
 *
 * @param host what it is; its tool's version says nothing here
 * @param engines what came of trying each engine, by the name that manifests have
 * @param gpu what came of trying the tool's plugin for GPUs
 */
public record HostAbilities(HostFingerprint host, Map<String, Probe> engines, Probe gpu) {
  /**
   * What came of trying something.
   *
   * @param version of the tool, e.g. {@code criu 4.2.1}
   * @param reason why it works or not, for people
   */
  public record Probe(boolean works, String version, String reason) {}

  /** Copies the map. */
  public HostAbilities {
    engines = Map.copyOf(engines);
  }
}
