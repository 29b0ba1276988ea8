package io.dormouse.checkpoint.agent;

import com.google.common.util.concurrent.MoreExecutors;
import io.dormouse.checkpoint.agent.transfer.Peers;
import io.dormouse.checkpoint.agent.transfer.Pulls;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AttachRequest;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.Epoch;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.RunRequest;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StoreLocation;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.images.upkeep.StoreRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/**
 * An agent without servers and threads: tasks run when the test says so, in an order that a seed
 * decides.
 */
final class SteppedAgent {
  static final Peer ALICE = new Peer(1001, 1001);
  static final Peer BOB = new Peer(1002, 1002);
  static final long LEASE = 10_000;

  final FakeEngine engine = new FakeEngine();
  final VirtualTime time = new VirtualTime();
  final List<AgentEvent> events = new ArrayList<>();
  final ImageStore store;
  Instances instances;
  ThinDesk desk;
  Commands commands;
  NodeNames names;
  Housekeeping housekeeping;
  long epoch = 1;

  /** Other nodes; none until a test says so. */
  Peers peers =
      wanted -> {
        throw new IOException("there is no other node");
      };

  /** None until a test says so; takes effect with the next restart. */
  Optional<AgentConfig.FastStorage> fast = Optional.empty();

  private final Home home;
  private final Path folder;
  private final Random random;
  private final List<Runnable> tasks = new ArrayList<>();
  private final Map<TestLauncher, String> launchers = new LinkedHashMap<>();
  private int requests;

  /** Whether the agent was killed: nothing of it runs any more. */
  BooleanSupplier stopped = () -> false;

  /**
   * What of a folder is a node's own.
   *
   * @param node its name
   * @param state of its agent
   * @param store its images
   */
  record Home(String node, String state, String store) {}

  SteppedAgent(Path folder, long seed) {
    this(folder, seed, "state");
  }

  /** Another node has another state and the same store. */
  SteppedAgent(Path folder, long seed, String state) {
    this(folder, seed, new Home("n1", state, "store"));
  }

  /** All nodes of a folder have the same keys. */
  SteppedAgent(Path folder, long seed, Home home) {
    this(folder, seed, home, StoreRules.NONE);
  }

  /** Its store has rules. */
  SteppedAgent(Path folder, long seed, Home home, StoreRules rules) {
    this.home = home;
    this.folder = folder;
    this.random = new Random(seed);
    this.store = open(rules);
    wire();
  }

  /** From now on these operations of the engine can't tell how things stand. */
  void failing(String... operations) {
    engine.before =
        (operation, id) ->
            List.of(operations).contains(operation)
                ? Optional.of(new EngineFailure.Unknown("/proc", "Too many open files"))
                : Optional.empty();
  }

  /** Changes what an image says of itself. */
  void damage(ImageId id) throws IOException {
    Path manifest =
        folder.resolve(
            "store/images/%s/%s/manifest.json".formatted(id.instance(), id.generation()));
    Files.writeString(manifest, Files.readString(manifest).replace("\"files\"", "\"piles\""));
  }

  private ImageStore open(StoreRules rules) {
    StoreLocation location =
        StoreLocation.ofDirectory(folder.resolve(home.store)).withKeys(folder.resolve("keys"));
    Stored<ImageStore> opened = ImageStore.open(location, rules, () -> java.time.Instant.EPOCH);
    return ((Stored.Ok<ImageStore>) opened).value();
  }

  /** As after kill -9 and a new start: what is in memory is gone, launchers' connections too. */
  void restart() {
    tasks.clear();
    launchers.keySet().forEach(launcher -> launcher.open = false);
    launchers.clear();
    time.forgetTimers();
    wire();
  }

  private void wire() {
    try {
      Path state = Files.createDirectories(folder.resolve(home.state));
      Parts parts =
          new Parts(
              new Parts.Settings(
                  home.node,
                  List.of(),
                  LeaseLimits.DEFAULT,
                  Duration.ofSeconds(30),
                  Duration.ofSeconds(1),
                  Duration.ofSeconds(20),
                  HostFingerprint.early("6", "cpu", "fake 1"),
                  new Probe(false, "", "none")),
              engine,
              store,
              FastImages.open(fast),
              new RecordStore(state.resolve("instances")),
              new DumpVerdicts(state.resolve("verdicts.json"), "fake 1", time.clock().wall()),
              time.clock(),
              new Semaphore(2),
              events::add);
      instances = new Instances(parts, tasks::add, 100);
      names = new NodeNames(state.resolve("names"), Set.of(BOB.uid()));
      desk = new ThinDesk(instances);
      commands =
          new Commands(
              instances,
              new Pulls(
                  home.node,
                  store,
                  wanted -> peers.open(wanted),
                  MoreExecutors.newDirectExecutorService()),
              new EpochGate(state.resolve("epochs")),
              new RequestLog(state.resolve("requests")),
              names);
      housekeeping = new Housekeeping(instances);
      CompletableFuture<?> recovered = new Recovery(instances).run();
      settle();
      if (!recovered.isDone() && !stopped.getAsBoolean()) {
        throw new AssertionError("The recovery waits for something.");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs all tasks, and what they start, in random order. */
  void settle() {
    while (!tasks.isEmpty() && !stopped.getAsBoolean()) {
      tasks.remove(random.nextInt(tasks.size())).run();
      launchers.forEach(this::leaveIfEnded);
    }
  }

  /** As launchers do: once told of the end, they pass the rest on and go. */
  private void leaveIfEnded(TestLauncher launcher, String instance) {
    if (launcher.open && launcher.ended() != EndReason.END_REASON_UNSPECIFIED) {
      launcherDies(instance, launcher);
    }
  }

  void pass(Duration duration) {
    pass(duration, this::settle);
  }

  /** {@code settle}: after each timer. */
  void pass(Duration duration, Runnable settle) {
    time.pass(duration, settle);
  }

  boolean hasLauncher(String instance) {
    return launchers.entrySet().stream()
        .anyMatch(known -> known.getKey().open && known.getValue().equals(instance));
  }

  TestLauncher run(Peer peer, String instance, String container) {
    TestLauncher launcher = runLater(peer, instance, container);
    settle();
    return launcher;
  }

  /** Asks without running anything yet. */
  TestLauncher runLater(Peer peer, String instance, String container) {
    TestLauncher launcher = new TestLauncher();
    RunRequest request =
        RunRequest.newBuilder()
            .setInstance(instance)
            .setContainer(container)
            .addArgv("/bin/worker")
            .build();
    launchers.put(launcher, instance);
    desk.run(peer, request, launcher);
    return launcher;
  }

  TestLauncher attach(Peer peer, String instance, String container, boolean reclaim) {
    TestLauncher launcher = new TestLauncher();
    AttachRequest request =
        AttachRequest.newBuilder()
            .setInstance(instance)
            .setContainer(container)
            .setReclaim(reclaim)
            .build();
    launchers.put(launcher, instance);
    desk.attach(peer, request, launcher);
    settle();
    return launcher;
  }

  TestLauncher attachLater(Peer peer, String instance, String container) {
    TestLauncher launcher = new TestLauncher();
    launchers.put(launcher, instance);
    AttachRequest request =
        AttachRequest.newBuilder().setInstance(instance).setContainer(container).build();
    desk.attach(peer, request, launcher);
    return launcher;
  }

  void everyLauncherDies() {
    Map<TestLauncher, String> all = new LinkedHashMap<>(launchers);
    all.forEach((launcher, instance) -> launcherDies(instance, launcher));
    settle();
  }

  void launcherDies(String instance, TestLauncher launcher) {
    launcher.close();
    desk.launcherGone(instance, launcher);
  }

  CompletableFuture<AgentResult> send(AgentCommand.Builder command) {
    return commands.execute(
        command
            .setCell("c")
            .setEpoch(Epoch.newBuilder().setIncarnation(1).setCzxid(epoch))
            .setRequestId("r" + requests++)
            .build());
  }

  /** Sends and runs everything. */
  AgentResult ask(AgentCommand.Builder command) {
    CompletableFuture<AgentResult> result = send(command);
    settle();
    return result.join();
  }

  InstanceState state(String instance) {
    return instances
        .find(instance)
        .flatMap(s -> Optional.ofNullable(s.status()))
        .map(s -> s.getState())
        .orElse(InstanceState.INSTANCE_STATE_UNSPECIFIED);
  }

  /** The engine's name of the instance's only capsule. */
  String capsule(String instance) {
    return engine.capsules.values().stream()
        .filter(c -> c.spec.instance().equals(instance))
        .map(c -> c.spec.id())
        .reduce(
            (a, b) -> {
              throw new AssertionError("two capsules of " + instance);
            })
        .orElseThrow();
  }
}
