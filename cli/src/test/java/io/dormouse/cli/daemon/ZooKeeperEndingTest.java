package io.dormouse.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.cli.daemon.ZooKeeperCommand.Ending;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooKeeperEndingTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  @Test
  void whoeverEndsItAtTheSameTimeEndsItOnce() throws Exception {
    System.setProperty("zookeeper.admin.enableServer", "false");
    ZooKeeperServer server = new ZooKeeperServer(folder.toFile(), folder.toFile(), 500);
    ServerCnxnFactory connections =
        ServerCnxnFactory.createFactory(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    connections.startup(server);
    Ending ending = new Ending(connections, server);

    List<Throwable> troubles = new CopyOnWriteArrayList<>();
    List<Thread> enders = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread ender = new Thread(ending, "ender");
      ender.setUncaughtExceptionHandler((thread, trouble) -> troubles.add(trouble));
      ender.start();
      enders.add(ender);
    }
    for (Thread ender : enders) {
      ender.join(20_000);
      assertThat(ender.isAlive()).isFalse();
    }

    assertThat(troubles).isEmpty();
    assertThat(server.isRunning()).isFalse();
  }
}
