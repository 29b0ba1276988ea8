package io.dormouse.controller.rest;

import io.dormouse.checkpoint.agentapi.proto.NodeUsage;
import io.dormouse.checkpoint.agentapi.proto.Stall;
import io.dormouse.checkpoint.agentapi.proto.Usage;
import io.dormouse.controller.machine.ControllerView;
import io.dormouse.engine.model.NodeId;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What is used of each agent's node, as it was last told; NaN where nobody tells. */
final class NodeMetrics {
  private static final String PREFIX = "dormouse.node.";

  private final MeterRegistry registry;
  private final String node;
  private final Supplier<ControllerView> view;

  private NodeMetrics(MeterRegistry registry, NodeId node, Supplier<ControllerView> view) {
    this.registry = registry;
    this.node = node.value();
    this.view = view;
  }

  static void register(MeterRegistry registry, NodeId node, Supplier<ControllerView> view) {
    new NodeMetrics(registry, node, view).registerAll();
  }

  private void registerAll() {
    gauge("cores", NodeUsage::getCores);
    counter("cpu.seconds", n -> n.hasCpuBusyMicros() ? n.getCpuBusyMicros() / 1e6 : Double.NaN);
    gauge("memory.bytes", n -> n.hasMemoryBytes() ? n.getMemoryBytes() : Double.NaN);
    gauge(
        "memory.available.bytes",
        n -> n.hasMemoryAvailableBytes() ? n.getMemoryAvailableBytes() : Double.NaN);
    counter("disk.read.bytes", used(u -> u.hasDisk() ? u.getDisk().getInBytes() : Double.NaN));
    counter("disk.written.bytes", used(u -> u.hasDisk() ? u.getDisk().getOutBytes() : Double.NaN));
    counter(
        "network.received.bytes",
        used(u -> u.hasNetwork() ? u.getNetwork().getInBytes() : Double.NaN));
    counter(
        "network.sent.bytes",
        used(u -> u.hasNetwork() ? u.getNetwork().getOutBytes() : Double.NaN));
    pressure("cpu", Usage::hasCpuPressure, Usage::getCpuPressure);
    pressure("memory", Usage::hasMemoryPressure, Usage::getMemoryPressure);
    pressure("io", Usage::hasIoPressure, Usage::getIoPressure);
  }

  private void pressure(String resource, Predicate<Usage> has, Function<Usage, Stall> stall) {
    Gauge.builder(
            PREFIX + "pressure.ratio",
            view,
            seen ->
                of(
                    seen,
                    used(
                        usage ->
                            has.test(usage) ? stall.apply(usage).getSomeFraction() : Double.NaN)))
        .tag("node", node)
        .tag("resource", resource)
        .register(registry);
  }

  private static ToDoubleFunction<NodeUsage> used(ToDoubleFunction<Usage> figure) {
    return node -> figure.applyAsDouble(node.getUsage());
  }

  private void gauge(String name, ToDoubleFunction<NodeUsage> figure) {
    Gauge.builder(PREFIX + name, view, seen -> of(seen, figure))
        .tag("node", node)
        .register(registry);
  }

  private void counter(String name, ToDoubleFunction<NodeUsage> figure) {
    FunctionCounter.builder(PREFIX + name, view, seen -> of(seen, figure))
        .tag("node", node)
        .register(registry);
  }

  private double of(Supplier<ControllerView> seen, ToDoubleFunction<NodeUsage> figure) {
    return seen.get().agents().stream()
        .filter(agent -> agent.node().value().equals(node))
        .flatMap(agent -> agent.usage().stream())
        .mapToDouble(figure)
        .findFirst()
        .orElse(Double.NaN);
  }
}
