package io.dormouse.controller.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;

/** A controller was killed while it made a cell, at any point. Against a real ZooKeeper. */
class HalfMadeCellIT {
  private static final CellPaths PATHS = CellPaths.of("cell");

  @Test
  void theNextControllerMakesTheRest() throws Exception {
    try (TestingServer server = new TestingServer(true);
        CuratorFramework client =
            CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(100))) {
      client.start();
      makeAllButTheIntents(client);
      String latch = client.create().forPath("/latch");

      CellStore taken = CellStore.takeOver(client, PATHS, latch);

      assertThat(taken.load().intents()).isEmpty();
      client.delete().forPath(PATHS.intents());
      client.delete().forPath(PATHS.bucket(255));
      CellStore again = CellStore.takeOver(client, PATHS, client.create().forPath("/later-latch"));
      assertThat(again.load().records()).isEmpty();
    }
  }

  private static void makeAllButTheIntents(CuratorFramework client) throws Exception {
    client
        .create()
        .creatingParentsIfNeeded()
        .forPath(PATHS.epoch(), "1 0".getBytes(StandardCharsets.UTF_8));
    for (int number = 0; number < CellPaths.buckets(); number++) {
      client.create().creatingParentsIfNeeded().forPath(PATHS.bucket(number));
    }
  }
}
