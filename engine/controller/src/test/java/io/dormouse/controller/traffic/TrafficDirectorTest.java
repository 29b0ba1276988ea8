package io.dormouse.controller.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.dormouse.controller.machine.Placement;
import io.dormouse.controller.machine.Service;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrafficDirectorTest {
  private static final Service COUNTER = new Service("counter", new InstanceId("w-1"), 8_000);
  private static final Service OTHER = new Service("other", new InstanceId("w-2"), 8_001);

  @TempDir Path folder;

  private UnixDomainSocketAddress path() {
    return UnixDomainSocketAddress.of(folder.resolve("s"));
  }

  private TrafficDirector director(Duration check) {
    return new TrafficDirector(
        new TrafficSettings(
            ImmutableList.of(COUNTER, OTHER),
            ImmutableMap.of("counter", new ServerName("counters", "s1")),
            ImmutableList.of(new RuntimeAddress.Unix(path())),
            Duration.ofSeconds(2),
            check));
  }

  private static ImmutableList<Placement> at(String host) {
    NodeId node = new NodeId("n");
    return ImmutableList.of(
        new Placement(COUNTER, node, "life", host), new Placement(OTHER, node, "life", host));
  }

  @Test
  void sendsWhatIsBehindHaproxyToItsPlace() throws IOException {
    try (PlayedHaproxy played = PlayedHaproxy.at(path(), PlayedHaproxy.keeping("127.0.0.1", 80));
        TrafficDirector director = director(Duration.ofHours(1))) {
      director.direct(at("127.0.0.2"));

      await().until(() -> director.changes() == 1);
      assertThat(played.questions)
          .hasSize(3)
          .anyMatch(question -> question.contains("addr 127.0.0.2 port 8000"))
          .noneMatch(question -> question.contains("8001"));
      assertThat(director.failures()).isZero();
    }
  }

  @Test
  void triesAgainUntilItIsTold() throws IOException {
    try (TrafficDirector director = director(Duration.ofHours(1))) {
      director.direct(at("127.0.0.2"));
      await().until(() -> director.failures() >= 2);

      try (PlayedHaproxy played =
          PlayedHaproxy.at(path(), PlayedHaproxy.keeping("127.0.0.1", 80))) {
        await().until(() -> director.changes() == 1);
        assertThat(played.questions).isNotEmpty();
      }
    }
  }

  @Test
  void mendsWhatAnotherStartOfHaproxyForgot() throws IOException {
    try (TrafficDirector director = director(Duration.ofMillis(50))) {
      for (int start = 1; start <= 2; start++) {
        Files.deleteIfExists(path().getPath());
        try (PlayedHaproxy played =
            PlayedHaproxy.at(path(), PlayedHaproxy.keeping("127.0.0.1", 80))) {
          director.direct(at("127.0.0.2"));
          int changes = start;
          await().until(() -> director.changes() == changes && played.questions.size() > 4);
        }
      }
    }
  }

  @Test
  void changesNothingOnceAnotherLeads() throws IOException {
    try (PlayedHaproxy played = PlayedHaproxy.at(path(), PlayedHaproxy.keeping("127.0.0.1", 80));
        TrafficDirector director = director(Duration.ofMillis(20))) {
      director.direct(at("127.0.0.2"));
      await().until(() -> director.changes() == 1);

      director.stop();
      played.answer(question -> PlayedHaproxy.state("s1", "127.0.0.9", 9, 0));
      director.direct(ImmutableList.of());

      await()
          .during(Duration.ofMillis(300))
          .until(() -> played.questions.stream().noneMatch(q -> q.contains("127.0.0.9")));
      assertThat(director.changes()).isOne();
    }
  }

  @Test
  void aNodeWithoutAnAddressIsAFailureOfItsOwn() throws IOException {
    try (PlayedHaproxy played = PlayedHaproxy.at(path(), PlayedHaproxy.keeping("127.0.0.1", 80));
        TrafficDirector director = director(Duration.ofHours(1))) {
      director.direct(at("no-such-host.invalid"));

      await().until(() -> director.failures() >= 1);
      assertThat(played.questions).isEmpty();
    }
  }
}
