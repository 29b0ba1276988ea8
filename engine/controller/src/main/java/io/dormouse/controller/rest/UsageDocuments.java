package io.dormouse.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.agentapi.proto.Gpu;
import io.dormouse.checkpoint.agentapi.proto.Missing;
import io.dormouse.checkpoint.agentapi.proto.NodeUsage;
import io.dormouse.checkpoint.agentapi.proto.Stall;
import io.dormouse.checkpoint.agentapi.proto.Traffic;
import io.dormouse.checkpoint.agentapi.proto.Usage;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What nodes and instances use, as JSON: null where it was not measured, and then why. */
final class UsageDocuments {
  private UsageDocuments() {}

  static ObjectNode node(NodeUsage node) {
    ObjectNode json =
        Documents.object()
            .put("cores", node.getCores())
            .put("cpuSeconds", node.hasCpuBusyMicros() ? node.getCpuBusyMicros() / 1e6 : null)
            .put("memoryBytes", node.hasMemoryBytes() ? node.getMemoryBytes() : null)
            .put(
                "memoryAvailableBytes",
                node.hasMemoryAvailableBytes() ? node.getMemoryAvailableBytes() : null);
    put(json, node.getUsage());
    ArrayNode gpus = json.putArray("gpus");
    node.getUsage().getGpusList().forEach(gpu -> gpus.add(gpu(gpu)));
    return json;
  }

  static ObjectNode instance(Usage usage) {
    ObjectNode json =
        Documents.object()
            .put(
                "throttledSeconds",
                usage.hasThrottledMicros() ? usage.getThrottledMicros() / 1e6 : null);
    put(json, usage);
    return json;
  }

  private static void put(ObjectNode json, Usage usage) {
    json.set(
        "disk", traffic("readBytes", "writtenBytes", usage.hasDisk() ? usage.getDisk() : null));
    json.set(
        "network",
        traffic("receivedBytes", "sentBytes", usage.hasNetwork() ? usage.getNetwork() : null));
    ObjectNode pressure = json.putObject("pressure");
    pressure.set("cpu", stall(usage.hasCpuPressure() ? usage.getCpuPressure() : null));
    pressure.set("memory", stall(usage.hasMemoryPressure() ? usage.getMemoryPressure() : null));
    pressure.set("io", stall(usage.hasIoPressure() ? usage.getIoPressure() : null));
    ObjectNode missing = json.putObject("missing");
    for (Missing each : usage.getMissingList()) {
      missing.put(lower(each.getMeasure().name()), lower(each.getCause().name()));
    }
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static @Nullable ObjectNode traffic(String in, String out, @Nullable Traffic traffic) {
    return traffic == null
        ? null
        : Documents.object().put(in, traffic.getInBytes()).put(out, traffic.getOutBytes());
  }

  private static @Nullable ObjectNode stall(@Nullable Stall stall) {
    return stall == null
        ? null
        : Documents.object()
            .put("someFraction", stall.getSomeFraction())
            .put("fullFraction", stall.getFullFraction())
            .put("someSeconds", stall.getSomeMicros() / 1e6)
            .put("fullSeconds", stall.getFullMicros() / 1e6);
  }

  private static ObjectNode gpu(Gpu gpu) {
    return Documents.object()
        .put("name", gpu.getName())
        .put("busyFraction", gpu.hasBusyFraction() ? gpu.getBusyFraction() : null)
        .put("memoryBytes", gpu.hasMemoryBytes() ? gpu.getMemoryBytes() : null)
        .put("memoryUsedBytes", gpu.hasMemoryUsedBytes() ? gpu.getMemoryUsedBytes() : null);
  }
}
