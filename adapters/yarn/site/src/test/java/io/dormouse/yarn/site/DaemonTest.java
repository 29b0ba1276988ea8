package io.dormouse.yarn.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonTest {
  @TempDir Path home;

  @Test
  void ends_when_asked_to() throws Exception {
    Daemon daemon = start("exec sleep 600");
    long pid = pid();

    long start = System.nanoTime();
    daemon.askToEnd();
    daemon.awaitEnd(Duration.ofSeconds(20));

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(daemon.isAlive()).isFalse();
    assertThat(ProcessHandle.of(pid)).isEmpty();
  }

  @Test
  void is_ended_when_it_does_not_listen() throws Exception {
    Daemon daemon = start("trap '' TERM; while true; do sleep 1; done");
    long pid = pid();

    daemon.askToEnd();
    daemon.awaitEnd(Duration.ofMillis(500));

    assertThat(daemon.isAlive()).isFalse();
    await().until(() -> ProcessHandle.of(pid).isEmpty());
  }

  @Test
  void comes_back_as_another_process_when_restarted() throws Exception {
    Daemon daemon = start("exec sleep 600");
    long before = pid();

    daemon.restart();

    assertThat(pid()).isNotEqualTo(before);
    assertThat(ProcessHandle.of(before)).isEmpty();
    daemon.askToEnd();
    daemon.awaitEnd(Duration.ofSeconds(20));
  }

  @Test
  void its_end_is_seen_and_its_last_words_are_told() throws Exception {
    Daemon daemon = start("echo no port is free; exit 3");

    await().until(() -> !daemon.isAlive());

    assertThat(daemon.lastWords()).contains("no port is free");
  }

  private Daemon start(String script) throws Exception {
    SiteUser self = new SiteUser("self", List.of(), false);
    return Daemon.start(
        "daemon", home, self, List.of("/bin/sh", "-c", script), Map.of("PATH", "/usr/bin:/bin"));
  }

  private long pid() throws Exception {
    Path file = home.resolve("pid");
    await().until(() -> Files.exists(file));
    return Long.parseLong(Files.readString(file).strip());
  }
}
