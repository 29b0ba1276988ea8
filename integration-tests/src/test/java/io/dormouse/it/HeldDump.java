package io.dormouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A dump that was caught while CRIU was at the memory, and stands still until it is let go on: as
 * long a dump as a test needs.
 */
final class HeldDump implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofMillis(2);

  /** The node that dumps. */
  final String node;

  /** What it dumps. */
  final String capsule;

  private final List<Long> tools;

  private HeldDump(String node, String capsule, List<Long> tools) {
    this.node = node;
    this.capsule = capsule;
    this.tools = tools;
  }

  /** Waits for the next dump on a cell. */
  static HeldDump catchNext(TestCell cell) throws IOException {
    Host.Running runc =
        await("a dump that is at the memory")
            .atMost(Pool.PATIENCE)
            .pollDelay(Duration.ZERO)
            .pollInterval(LOOK_EVERY)
            .until(() -> listing(cell), Optional::isPresent)
            .orElseThrow();
    List<Long> tools = new ArrayList<>(List.of(runc.pid()));
    ProcessHandle.of(runc.pid())
        .ifPresent(process -> process.descendants().forEach(tool -> tools.add(tool.pid())));
    Host.signal("STOP", tools);
    await("all of the dump to stand").atMost(Duration.ofSeconds(2)).until(() -> stands(tools));
    assertThat(tools)
        .as("CRIU must be at work.%nMaybe make the worker larger.")
        .hasSizeGreaterThanOrEqualTo(2);
    String capsule = runc.arguments().get(runc.arguments().size() - 1);
    String node = cell.root.relativize(stateOf(runc)).getName(0).toString();
    return new HeldDump(node, capsule, tools);
  }

  /** A checkpoint of the cell that has begun to list the pages of memory. */
  private static Optional<Host.Running> listing(TestCell cell) {
    return Host.processes(words -> isCheckpoint(words, cell.images)).stream()
        .filter(HeldDump::listsPages)
        .findFirst();
  }

  private static boolean isCheckpoint(List<String> words, Path images) {
    return words.contains("checkpoint")
        && words.contains("--image-path")
        && after(words, "--image-path").startsWith(images.toString());
  }

  private static boolean listsPages(Host.Running runc) {
    Path image = Path.of(after(runc.arguments(), "--image-path"));
    return Host.entries(image)
        .anyMatch(file -> file.getFileName().toString().startsWith("pagemap-"));
  }

  private static Path stateOf(Host.Running runc) {
    return Path.of(after(runc.arguments(), "--root"));
  }

  private static String after(List<String> words, String option) {
    return words.get(words.indexOf(option) + 1);
  }

  private static boolean stands(List<Long> tools) {
    return tools.stream().allMatch(Host::isStopped);
  }

  /** Whether a checkpoint of a cell is at work or held. */
  static boolean anyOn(TestCell cell) {
    return !Host.processes(words -> isCheckpoint(words, cell.images)).isEmpty();
  }

  void letGoOn() throws IOException {
    Host.signal(
        "CONT", tools.stream().filter(tool -> Files.exists(Path.of("/proc/" + tool))).toList());
  }

  /** Never leaves it standing. */
  @Override
  public void close() throws IOException {
    List<Long> left = tools.stream().filter(Host::isStopped).toList();
    if (!left.isEmpty()) {
      Host.signal("CONT", left);
    }
  }
}
