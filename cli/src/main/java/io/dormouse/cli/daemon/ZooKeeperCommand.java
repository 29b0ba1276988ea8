package io.dormouse.cli.daemon;

import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.up.run.ParentWatch;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A ZooKeeper of one server on loopback, for a single machine. */
@Command(
    name = "zookeeper",
    hidden = true,
    description = "Runs a ZooKeeper of one server on loopback, for a single machine.")
public final class ZooKeeperCommand extends BaseCommand {
  private static final int TICK_MILLIS = 500;
  private static final int CLIENTS_MAX = 100;

  @Option(names = "--data", required = true, description = "Folder of its state.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path data;

  @Option(names = "--port", required = true, description = "Port on 127.0.0.1.")
  private int port;

  @Override
  protected ExitCode run(Console console) throws IOException, InterruptedException {
    if (port < 1 || port > 65_535) {
      throw badUsage("The --port (%d) must be between 1 and 65535.".formatted(port), "Maybe 2181.");
    }
    ParentWatch.begin();
    Files.createDirectories(data);
    System.setProperty("zookeeper.admin.enableServer", "false");
    File folder = data.toFile();
    ZooKeeperServer server = new ZooKeeperServer(folder, folder, TICK_MILLIS);
    ServerCnxnFactory connections = listen();
    Ending ending = new Ending(connections, server);
    Runtime.getRuntime().addShutdownHook(new Thread(ending, "zookeeper-shutdown"));
    connections.startup(server);
    console.text("ZooKeeper listens on 127.0.0.1:" + port);
    connections.join();
    ending.run();
    return ExitCode.OK;
  }

  private ServerCnxnFactory listen() throws IOException {
    try {
      return ServerCnxnFactory.createFactory(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CLIENTS_MAX);
    } catch (BindException inUse) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The port %d is in use.".formatted(port),
          "Maybe another ZooKeeper runs: give another --port.",
          inUse);
    }
  }

  /** Ends it once, in order: a log that is closed under a server that still ends is an error. */
  static final class Ending implements Runnable {
    private final ServerCnxnFactory connections;
    private final ZooKeeperServer server;
    private boolean ended;

    Ending(ServerCnxnFactory connections, ZooKeeperServer server) {
      this.connections = connections;
      this.server = server;
    }

    @Override
    public synchronized void run() {
      if (ended) {
        return;
      }
      ended = true;
      connections.shutdown();
      try {
        closeLog(server);
      } catch (IOException unwritten) {
        throw new UncheckedIOException(unwritten);
      }
    }

    private static void closeLog(ZooKeeperServer server) throws IOException {
      FileTxnSnapLog log = server.getTxnLogFactory();
      if (log != null) {
        log.close();
      }
    }
  }
}
