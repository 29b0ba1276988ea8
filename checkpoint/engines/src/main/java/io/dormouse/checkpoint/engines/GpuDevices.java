package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells the devices of GPUs, by their usual paths and by their numbers wherever they lie. */
final class GpuDevices {
  private static final Pattern PATH =
      Pattern.compile("/dev/(?:nvidia\\d+|nvidiactl|nvidia-\\S+|kfd|dri/renderD\\d+)");
  private static final Pattern DRIVER =
      Pattern.compile("^\\s*(\\d{1,9}) (?:nvidia\\S*|kfd)$", Pattern.MULTILINE);
  private static final String DELETED = " (deleted)";
  private static final int TYPE_MASK = 0170000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final long NVIDIA_MAJOR = 195;
  private static final long DRM_MAJOR = 226;
  private static final long FIRST_RENDER_MINOR = 128;

  private final Set<Long> majors;

  private GpuDevices(Set<Long> majors) {
    this.majors = majors;
  }

  /**
   * A device.
   *
   * @param nvidia whether CRIU's plugin for CUDA is about it
   */
  record Device(String path, boolean nvidia) {}

  /** With the numbers that this kernel gave to drivers of GPUs. */
  static GpuDevices ofThisHost() {
    return of(Presence.read(Path.of("/proc", "devices")).orElse(""));
  }

  /** {@code devices}: as the kernel lists them in {@code /proc/devices}. */
  static GpuDevices of(String devices) {
    int blocks = devices.indexOf("Block devices:");
    String characters = blocks < 0 ? devices : devices.substring(0, blocks);
    return new GpuDevices(
        DRIVER
            .matcher(characters)
            .results()
            .map(found -> Long.valueOf(found.group(1)))
            .collect(Collectors.toSet()));
  }

  /** Those that a process has open or mapped. */
  Stream<Device> heldBy(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    Stream<Device> open =
        Presence.list(process.resolve("fd")).stream().flatMap(fd -> open(fd).stream());
    Stream<Device> mapped =
        Presence.read(process.resolve("maps")).stream()
            .flatMap(String::lines)
            .flatMap(line -> mapped(line).stream());
    return Stream.concat(open, mapped);
  }

  private Optional<Device> open(Path descriptor) {
    Optional<String> target = Presence.target(descriptor).filter(path -> path.startsWith("/"));
    return target
        .flatMap(GpuDevices::byPath)
        .or(() -> target.flatMap(path -> byNumber(path, descriptor)));
  }

  /** A line of {@code maps}: the path, if there is one, begins with the first slash. */
  static Optional<Device> mapped(String line) {
    int slash = line.indexOf('/');
    return slash < 0 ? Optional.empty() : byPath(line.substring(slash));
  }

  static Optional<Device> byPath(String path) {
    String bare =
        path.endsWith(DELETED) ? path.substring(0, path.length() - DELETED.length()) : path;
    return PATH.matcher(bare).matches() ? Optional.of(device(bare)) : Optional.empty();
  }

  private static Device device(String path) {
    Matcher other = Pattern.compile(".*/(?:kfd|renderD\\d+)").matcher(path);
    return new Device(path, !other.matches());
  }

  /** Under an odd name, only what is NVIDIA's for sure counts as that. */
  private Optional<Device> byNumber(String path, Path descriptor) {
    try {
      Map<String, Object> seen = Files.readAttributes(descriptor, "unix:mode,rdev");
      boolean device =
          seen.get("mode") instanceof Integer mode && (mode & TYPE_MASK) == CHARACTER_DEVICE;
      return device && seen.get("rdev") instanceof Long number && isGpu(number)
          ? Optional.of(new Device(path, major(number) == NVIDIA_MAJOR))
          : Optional.empty();
    } catch (IOException e) {
      // A device's node can be looked at: this is a file that is gone, or of a server that is away.
      return Optional.empty();
    }
  }

  private static long major(long number) {
    return ((number >> 8) & 0xfff) | ((number >> 32) & ~0xfffL);
  }

  /** By the number of a character device, as the C library has it. */
  boolean isGpu(long number) {
    long major = major(number);
    long minor = (number & 0xff) | ((number >> 12) & 0xfff00);
    return major == NVIDIA_MAJOR
        || majors.contains(major)
        || (major == DRM_MAJOR && minor >= FIRST_RENDER_MINOR);
  }
}
