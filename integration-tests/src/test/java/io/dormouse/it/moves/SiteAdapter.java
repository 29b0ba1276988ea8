package io.dormouse.it.moves;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.PoolId;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.ClusterAdapter;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.engine.spi.SchedulerEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A controller's side of {@link MoveSite}. */
final class SiteAdapter implements ClusterAdapter {
  static final WorkloadClassId CLASS = new WorkloadClassId("counter");

  private static final JsonMapper JSON = new JsonMapper();
  private static final Resources REQUEST = Resources.of(500, 256L << 20);

  private final InstanceId instance;
  private final SocketChannel site;
  private final List<String> nodes;
  private volatile Consumer<SchedulerEvent> events = event -> {};
  private volatile InstancePhase phase = InstancePhase.IDLE;
  private volatile String node = "";
  private volatile String wish = "";

  SiteAdapter(InstanceId instance, Path address, List<String> nodes) throws IOException {
    this.instance = instance;
    this.site = SocketChannel.open(UnixDomainSocketAddress.of(address));
    this.nodes = List.copyOf(nodes);
  }

  InstanceId instance() {
    return instance;
  }

  InstancePhase phase() {
    return phase;
  }

  /** Where the instance is wanted and is not. */
  Optional<NodeId> wish() {
    return wish.isEmpty() || wish.equals(node) ? Optional.empty() : Optional.of(new NodeId(wish));
  }

  @Override
  public void start(Consumer<SchedulerEvent> listener) {
    events = listener;
    Thread thread = new Thread(this::read, "site-adapter");
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(site), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        heard(JSON.readTree(line));
      }
    } catch (IOException gone) {
      events.accept(new SchedulerEvent.Disconnected("the site is gone: " + gone));
    }
  }

  private void heard(JsonNode message) {
    if (message.has("request")) {
      String request = message.path("request").asText();
      String refused = message.path("refused").asText();
      events.accept(
          refused.isEmpty()
              ? new SchedulerEvent.CommandDone(request)
              : new SchedulerEvent.CommandRefused(request, refused));
      return;
    }
    phase = InstancePhase.valueOf(message.path("phase").asText());
    node = message.path("node").asText();
    wish = message.path("wish").asText();
    events.accept(new SchedulerEvent.ClusterChanged(cluster(Instant.now()), true));
  }

  private SnapshotDelta cluster(Instant now) {
    SnapshotDelta.Builder all =
        SnapshotDelta.builder(now)
            .workloadClass(
                new WorkloadClass(
                    CLASS, REQUEST, Optional.of(Duration.ofSeconds(5)), Optional.of(now)));
    for (String name : nodes) {
      all.node(
          new Node(
              new NodeId(name),
              new PoolId("default"),
              Resources.of(8_000, 8L << 30),
              Resources.NONE,
              true));
    }
    return all.instance(
            new Instance(
                instance,
                CLASS,
                Optional.of(new NodeId(node)),
                phase,
                HibernationLevel.AWAKE,
                now,
                REQUEST,
                64L << 20,
                0.05,
                Interruptibility.IMMEDIATE))
        .build();
  }

  @Override
  public synchronized void execute(Epoch epoch, SchedulerCommand command) {
    ObjectNode message =
        JSON.createObjectNode()
            .put("request", command.requestId())
            .put("command", command.getClass().getSimpleName());
    if (command instanceof SchedulerCommand.Reserve reserve) {
      message.put("node", reserve.node().value());
    } else if (command instanceof SchedulerCommand.Allocate allocate) {
      allocate.near().ifPresent(near -> message.put("node", near.value()));
    }
    try {
      ByteBuffer line = ByteBuffer.wrap((message + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        site.write(line);
      }
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  @Override
  public Optional<String> onePlaceOnly() {
    return Optional.empty();
  }

  @Override
  public void charge(Epoch epoch, Duration lease) {}

  @Override
  public void close() {
    try {
      site.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
