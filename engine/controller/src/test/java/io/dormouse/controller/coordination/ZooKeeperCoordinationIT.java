package io.dormouse.controller.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import io.dormouse.controller.machine.Coordination.Change;
import io.dormouse.controller.machine.Input;
import io.dormouse.controller.machine.InstanceRecord;
import io.dormouse.controller.machine.Placement;
import io.dormouse.controller.machine.Service;
import io.dormouse.controller.machine.Step;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.Epoch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real ZooKeeper. */
class ZooKeeperCoordinationIT {
  private static final Duration SESSION = Duration.ofSeconds(3);

  private TestingServer server = started();

  private static TestingServer started() {
    try {
      return new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, 200, -1), true);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private final Candidate first = new Candidate("first");
  private final Candidate second = new Candidate("second");

  @BeforeEach
  void startFirst() {
    first.coordination.start();
    await().until(() -> first.leaderships() == 1);
  }

  @AfterEach
  void stop() throws Exception {
    first.coordination.close();
    second.coordination.close();
    server.close();
  }

  private final class Candidate {
    final List<Input> heard = new CopyOnWriteArrayList<>();
    final ZooKeeperCoordination coordination;

    Candidate(String name) {
      coordination =
          new ZooKeeperCoordination(
              new ZooKeeperCoordination.Settings(server.getConnectString(), "cell", name, SESSION),
              heard::add);
    }

    long leaderships() {
      return heard.stream().filter(Input.LeadershipGained.class::isInstance).count();
    }

    Input.LeadershipGained lastLeadership() {
      return heard.stream()
          .filter(Input.LeadershipGained.class::isInstance)
          .map(Input.LeadershipGained.class::cast)
          .reduce((one, other) -> other)
          .orElseThrow();
    }

    void write(long ticket, Change... changes) {
      write(lastLeadership().epoch(), ticket, changes);
    }

    void write(Epoch epoch, long ticket, Change... changes) {
      coordination.write(epoch, ticket, ImmutableList.copyOf(changes));
    }

    void awaitHeard(Input input) {
      await().until(() -> heard.contains(input));
    }
  }

  @Test
  void onlyTheLeaderSaysWhereServicesAre() throws Exception {
    Service service = new Service("web/1", new InstanceId("w-1"), 8_000);
    first.write(1, new Change.PutPlacement(new Placement(service, new NodeId("n1"), "g1", "h1")));
    first.awaitHeard(new Input.Written(1));
    Epoch older = first.lastLeadership().epoch();
    second.coordination.start();
    first.coordination.resign("a test wants it");
    await().until(() -> second.leaderships() == 1);

    second.write(2, new Change.PutPlacement(new Placement(service, new NodeId("n2"), "g2", "h2")));
    first.write(
        older, 3, new Change.PutPlacement(new Placement(service, new NodeId("n1"), "g1", "h1")));

    second.awaitHeard(new Input.Written(2));
    await().until(() -> first.heard.stream().anyMatch(Input.Fenced.class::isInstance));
    try (CuratorFramework watcher =
        CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(100))) {
      watcher.start();
      byte[] data = watcher.getData().forPath("/dormouse/cell/services/web%2F1");
      Epoch leader = second.lastLeadership().epoch();
      assertThat(new ObjectMapper().readTree(data))
          .isEqualTo(
              new ObjectMapper()
                  .readTree(
                      """
                      {"version": 1, "service": "web/1", "host": "h2", "port": 8000, "instance": "w-1",
                       "generation": "g2", "node": "n2", "epoch": {"incarnation": %d, "czxid": %d}}
                      """
                          .formatted(leader.incarnation(), leader.czxid())));
    }
  }

  @Test
  void theNextLeaderFindsWhatWasWrittenAndHasAHigherEpoch() {
    first.write(
        1,
        new Change.PutIntent(Samples.intent("a-1", Step.QUIESCE)),
        new Change.PutRecord(Samples.record("w/1")));
    first.write(2, new Change.PutIntent(Samples.intent("a-1", Step.DUMP)));
    first.write(3, new Change.PutIntent(Samples.intent("a-2", Step.DUMP)));
    first.write(4, new Change.RemoveIntent("a-2"));
    first.awaitHeard(new Input.Written(4));

    second.coordination.start();
    first.coordination.close();
    await().until(() -> second.leaderships() == 1);

    Input.LeadershipGained found = second.lastLeadership();
    assertThat(found.epoch()).isGreaterThan(first.lastLeadership().epoch());
    assertThat(found.intents()).containsExactly(Samples.intent("a-1", Step.DUMP));
    assertThat(found.records())
        .extracting(InstanceRecord::id)
        .containsExactly(Samples.record("w/1").id());
  }

  @Test
  void theNextLeaderFindsThePauseUntilItIsOver() {
    assertThat(first.lastLeadership().paused()).isFalse();
    first.write(1, new Change.SetPaused(false));
    first.write(2, new Change.SetPaused(true));
    first.awaitHeard(new Input.Written(2));
    second.coordination.start();
    first.coordination.close();
    await().until(() -> second.leaderships() == 1);
    assertThat(second.lastLeadership().paused()).isTrue();

    second.write(3, new Change.SetPaused(false));
    second.awaitHeard(new Input.Written(3));
    Candidate third = new Candidate("third");
    third.coordination.start();
    second.coordination.close();
    await().until(() -> third.leaderships() == 1);

    assertThat(third.lastLeadership().paused()).isFalse();
    third.coordination.close();
  }

  @Test
  void aLeaderThatWasFollowedCanWriteNoMore() throws Exception {
    CellStore stale = takeOverBehindItsBack();
    try (CuratorFramework other = client()) {
      String latch = other.create().creatingParentsIfNeeded().forPath("/later-latch");
      CellStore newer = CellStore.takeOver(other, CellPaths.of("cell"), latch);
      assertThat(newer.epoch()).isGreaterThan(stale.epoch());
      assertThat(stale.write(List.of(new Change.PutRecord(Samples.record("stale"))))).isFalse();
      assertThat(newer.load().records()).isEmpty();
    }
    first.write(9, new Change.PutRecord(Samples.record("stale")));
    Epoch epoch = first.lastLeadership().epoch();
    first.awaitHeard(new Input.Fenced(epoch, 9, "another leader has taken the cell over"));
  }

  private CellStore takeOverBehindItsBack() throws Exception {
    CuratorFramework client = client();
    String latch = client.create().forPath("/latch-of-a-zombie");
    return CellStore.takeOver(client, CellPaths.of("cell"), latch);
  }

  private CuratorFramework client() {
    CuratorFramework client =
        CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(100));
    client.start();
    return client;
  }

  @Test
  void resigningLetsAnotherLeadAndItStandsAgain() {
    second.coordination.start();
    first.coordination.resign("a test");
    await().until(() -> second.leaderships() == 1);
    assertThat(first.heard).anyMatch(Input.LeadershipGained.class::isInstance);
    second.coordination.resign("a test");
    await().until(() -> first.leaderships() == 2);
    assertThat(first.lastLeadership().epoch()).isGreaterThan(second.lastLeadership().epoch());
  }

  @Test
  void whatALostLeadershipStillWritesIsRefusedUnderTheOneThatWasWonAgain() {
    Epoch lost = first.lastLeadership().epoch();
    first.coordination.resign("a test");
    await().until(() -> first.leaderships() == 2);

    first.write(lost, 7, new Change.PutRecord(Samples.record("stale")));
    first.write(8, new Change.PutRecord(Samples.record("fresh")));

    first.awaitHeard(new Input.Fenced(lost, 7, "this leadership is over"));
    first.awaitHeard(new Input.Written(8));
    assertThat(first.heard).doesNotContain(new Input.Written(7));
  }

  @Test
  void aShortOutageSuspendsAndKeepsTheLeadershipAndItsWrites() throws Exception {
    server.stop();
    await().until(() -> first.heard.stream().anyMatch(Input.Suspended.class::isInstance));
    first.write(5, new Change.PutRecord(Samples.record("during")));
    server.restart();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> first.heard.contains(new Input.Written(5)) || first.leaderships() == 2);
    Optional<Input> lost =
        first.heard.stream().filter(Input.LeadershipLost.class::isInstance).findFirst();
    if (lost.isEmpty()) {
      assertThat(first.heard).contains(new Input.Resumed());
      assertThat(first.leaderships()).isEqualTo(1);
    } else {
      assertThat(first.leaderships()).as("leads again after a lost session").isEqualTo(2);
    }
  }

  @Test
  void theEndOfTheSessionEndsTheLeadership() throws Exception {
    server.stop();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> first.heard.stream().anyMatch(Input.LeadershipLost.class::isInstance));
    first.write(6, new Change.PutRecord(Samples.record("too-late")));
    Epoch epoch = first.lastLeadership().epoch();
    first.awaitHeard(new Input.Fenced(epoch, 6, "this leadership is over"));
    server.restart();
    await().atMost(Duration.ofSeconds(20)).until(() -> first.leaderships() == 2);
    assertThat(first.lastLeadership().records()).isEmpty();
  }
}
