package io.dormouse.yarn.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentClientTest {
  @TempDir Path folder;

  @Test
  void starts_the_launcher_with_what_is_to_be_said() throws Exception {
    Path out = folder.resolve("out");

    assertThat(client("echo \"$@\" > " + out, 5_000).tell("identity", "--node", "n1")).isTrue();

    assertThat(out).hasContent("identity --node n1");
  }

  @Test
  void survives_a_launcher_that_fails_or_is_missing() throws Exception {
    assertThat(client("exit 3", 5_000).tell("identity")).isFalse();
    assertThat(new AgentClient(Arrays.asList("/nonexistent"), 1_000).tell("identity")).isFalse();
  }

  @Test
  void ends_a_launcher_that_hangs() throws Exception {
    Path pid = folder.resolve("pid");

    assertThat(client("echo $$ > " + pid + "; exec sleep 600", 700).tell("identity")).isFalse();

    await().untilAsserted(() -> assertThat(running(pid)).isFalse());
  }

  private static boolean running(Path pid) throws Exception {
    long number = Long.parseLong(Files.readString(pid).trim());
    return ProcessHandle.of(number).map(ProcessHandle::isAlive).orElse(false);
  }

  private static AgentClient client(String script, long timeoutMillis) {
    return new AgentClient(Arrays.asList("/bin/sh", "-c", script, "sh"), timeoutMillis);
  }
}
