package io.dormouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The benchmark as it is called, with few instances and little time; its figures are not judged.
 */
class AgentAtRestIT {
  @TempDir private Path root;

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void anAgentWithFewInstancesIsMeasuredAndLeavesNothing() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    "sh",
                    Children.INSTALLATION.resolve("bin/dormouse").toString(),
                    "bench",
                    "agent-at-rest",
                    "--instances",
                    "5",
                    "--for",
                    "6s",
                    "--directory",
                    root.toString(),
                    "--json"))
            .redirectOutput(root.resolve("out").toFile())
            .redirectError(root.resolve("err").toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));

    int status = builder.start().waitFor();

    assertThat(status).as(root.resolve("err").toString()).isZero();
    JsonNode lines =
        new ObjectMapper().readTree(root.resolve("out").toFile()).at("/benchmarks/0/lines");
    assertThat(lines).hasSize(2);
    assertThat(lines.at("/0/what").asText()).contains("core at rest, 5 instances");
    assertThat(lines.at("/1/ours").asDouble()).isBetween(20.0, 400.0);
    assertThat(root).isDirectoryNotContaining("glob:**/dormouse-bench-*");
  }
}
