package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.engines.DataEviction;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An agent whose instance has data that can leave the disk; none of it runs without. */
abstract class EvictionCase {
  static final UUID IMAGE = new UUID(1, 1);
  static final UUID OTHER = new UUID(2, 2);
  static final int SIZE = 1 << 20;

  @TempDir Path folder;
  SteppedAgent agent;
  Path file;
  byte[] content;

  @BeforeEach
  void run() throws IOException {
    agent = new SteppedAgent(folder, 1);
    agent.engine.data = Files.createDirectories(folder.resolve("layer"));
    assumeTrue(
        DataEviction.probe(folder, Duration.ofSeconds(20)) instanceof Outcome.Ok, "no holes here");
    Path work = Files.createDirectory(folder.resolve("layer").resolve("work"));
    content = new byte[SIZE];
    new Random(1).nextBytes(content);
    file = Files.write(work.resolve("data"), content);
    agent.run(ALICE, "i", "c1");
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("thaw") || operation.equals("dump")) {
            assertWhole();
          }
          return Optional.empty();
        };
  }

  void evict() throws Exception {
    AgentResult evicted = agent.ask(Orders.evict("i", IMAGE));
    assertThat(evicted.getFailure().getMessage()).isEmpty();
    assertThat(blocks()).isZero();
  }

  void assertWhole() {
    try {
      assertThat(Files.readAllBytes(file)).isEqualTo(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long blocks() throws IOException {
    Process stat = new ProcessBuilder("stat", "--format=%b", file.toString()).start();
    return Long.parseLong(
        new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
  }

  Image image(UUID generation) {
    return agent.store.show(new ImageId("i", generation));
  }

  InstanceStatus status() {
    return agent.instances.find("i").orElseThrow().refresh();
  }

  List<Path> stored() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("store"))) {
      return all.filter(Files::isRegularFile)
          .filter(path -> !path.toString().contains("/keys/"))
          .filter(path -> path.toString().contains("/packs/") || path.endsWith("manifest.json"))
          .toList();
    }
  }
}
