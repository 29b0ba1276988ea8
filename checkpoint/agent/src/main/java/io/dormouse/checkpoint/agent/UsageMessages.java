package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.agentapi.proto.Measure;
import io.dormouse.checkpoint.agentapi.proto.Missing;
import io.dormouse.checkpoint.agentapi.proto.MissingCause;
import io.dormouse.checkpoint.engines.telemetry.Gpu;
import io.dormouse.checkpoint.engines.telemetry.NodeUsage;
import io.dormouse.checkpoint.engines.telemetry.Pressure;
import io.dormouse.checkpoint.engines.telemetry.Reading;
import io.dormouse.checkpoint.engines.telemetry.Reading.Cause;
import io.dormouse.checkpoint.engines.telemetry.Stall;
import io.dormouse.checkpoint.engines.telemetry.Traffic;
import io.dormouse.checkpoint.engines.telemetry.Usage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Usage as messages: what was not read is not set, and named as missing. */
final class UsageMessages {
  private UsageMessages() {}

  /** Adds what an instance uses to its status. */
  static void tell(Usage usage, InstanceStatus.Builder status) {
    var message = io.dormouse.checkpoint.agentapi.proto.Usage.newBuilder();
    put(Measure.THROTTLED, usage.throttled(), message, t -> message.setThrottledMicros(micros(t)));
    put(Measure.DISK, usage.disk(), message, t -> message.setDisk(traffic(t)));
    put(Measure.NETWORK, usage.network(), message, t -> message.setNetwork(traffic(t)));
    put(Measure.GPUS, Reading.none(Cause.SHARED), message, none -> {});
    pressure(usage.pressure(), message);
    status
        .setResidentBytes(usage.memoryBytes())
        .setCpuMicros(micros(usage.cpuTime()))
        .setUsage(message);
  }

  /** What is used of a node. */
  static io.dormouse.checkpoint.agentapi.proto.NodeUsage of(NodeUsage node) {
    var message = io.dormouse.checkpoint.agentapi.proto.NodeUsage.newBuilder();
    var usage = message.setCores(node.cores()).getUsageBuilder();
    put(Measure.CPU, node.cpuBusy(), usage, busy -> message.setCpuBusyMicros(micros(busy)));
    put(
        Measure.MEMORY,
        node.memory(),
        usage,
        memory ->
            message
                .setMemoryBytes(memory.totalBytes())
                .setMemoryAvailableBytes(memory.availableBytes()));
    put(Measure.DISK, node.disk(), usage, t -> usage.setDisk(traffic(t)));
    put(Measure.NETWORK, node.network(), usage, t -> usage.setNetwork(traffic(t)));
    put(
        Measure.GPUS,
        node.gpus(),
        usage,
        (List<Gpu> gpus) -> gpus.forEach(gpu -> usage.addGpus(gpu(gpu))));
    pressure(node.pressure(), usage);
    return message.build();
  }

  private static void pressure(
      Pressure pressure, io.dormouse.checkpoint.agentapi.proto.Usage.Builder to) {
    put(Measure.CPU_PRESSURE, pressure.cpu(), to, s -> to.setCpuPressure(stall(s)));
    put(Measure.MEMORY_PRESSURE, pressure.memory(), to, s -> to.setMemoryPressure(stall(s)));
    put(Measure.IO_PRESSURE, pressure.io(), to, s -> to.setIoPressure(stall(s)));
  }

  private static <T> void put(
      Measure measure,
      Reading<T> reading,
      io.dormouse.checkpoint.agentapi.proto.Usage.Builder to,
      Consumer<T> setter) {
    if (reading instanceof Reading.There<T> there) {
      setter.accept(there.figure());
    } else if (reading instanceof Reading.NotThere<T> not) {
      to.addMissing(Missing.newBuilder().setMeasure(measure).setCause(cause(not.cause())));
    }
  }

  private static MissingCause cause(Cause cause) {
    return switch (cause) {
      case NO_DEVICE -> MissingCause.NO_DEVICE;
      case NOT_TOLD -> MissingCause.NOT_TOLD;
      case SHARED -> MissingCause.SHARED;
      case UNKNOWN_FORM -> MissingCause.UNKNOWN_FORM;
    };
  }

  private static io.dormouse.checkpoint.agentapi.proto.Traffic.Builder traffic(Traffic traffic) {
    return io.dormouse.checkpoint.agentapi.proto.Traffic.newBuilder()
        .setInBytes(traffic.inBytes())
        .setOutBytes(traffic.outBytes());
  }

  private static io.dormouse.checkpoint.agentapi.proto.Stall.Builder stall(Stall stall) {
    return io.dormouse.checkpoint.agentapi.proto.Stall.newBuilder()
        .setSomeFraction(stall.someShare())
        .setFullFraction(stall.fullShare())
        .setSomeMicros(micros(stall.some()))
        .setFullMicros(micros(stall.full()));
  }

  private static io.dormouse.checkpoint.agentapi.proto.Gpu gpu(Gpu gpu) {
    var message = io.dormouse.checkpoint.agentapi.proto.Gpu.newBuilder().setName(gpu.name());
    gpu.busyShare().value().ifPresent(message::setBusyFraction);
    gpu.memory()
        .value()
        .ifPresent(
            memory ->
                message
                    .setMemoryBytes(memory.totalBytes())
                    .setMemoryUsedBytes(memory.totalBytes() - memory.availableBytes()));
    return message.build();
  }

  private static long micros(Duration duration) {
    return TimeUnit.NANOSECONDS.toMicros(duration.toNanos());
  }
}
