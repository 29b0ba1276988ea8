package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.engines.Ability;
import io.dormouse.checkpoint.engines.Done;
import io.dormouse.checkpoint.engines.DumpOptions;
import io.dormouse.checkpoint.engines.DumpReport;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.engines.InstanceData;
import io.dormouse.checkpoint.engines.InstanceSpec;
import io.dormouse.checkpoint.engines.InstanceState;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.Pages;
import io.dormouse.checkpoint.engines.RestoreRequest;
import io.dormouse.checkpoint.engines.telemetry.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Capsules in memory that survive the agent. Each counts its progress; every step of an operation
 * first calls {@link #before}, which may fail it, end its process, or throw as if the agent were
 * killed.
 */
final class FakeEngine implements ToldImages {
  /** What one test wants to happen before a step; an empty answer lets it go on. */
  interface Before {
    Optional<EngineFailure> step(String operation, String id);
  }

  final Map<String, Capsule> capsules = new TreeMap<>();

  /** The furthest that any life of an instance got; nodes that it moves between share one. */
  Map<String, Long> furthest = new TreeMap<>();

  Before before = (operation, id) -> Optional.empty();
  boolean images = true;
  boolean lazy;

  final Told told = new Told();

  /** Of those that were restored lazily. */
  final Map<String, Pages> pages = new TreeMap<>();

  /** Where each instance has a folder {@code work}; null if data can't be evicted. */
  @Nullable Path data;

  static final class Capsule {
    final InstanceSpec spec;
    Status status;
    OptionalInt exit = OptionalInt.empty();
    long progress;

    /** Whether its supervisor was killed with it. */
    boolean unseen;

    /** What it ended with, other than by itself. */
    Optional<EngineFailure> loss = Optional.empty();

    Capsule(InstanceSpec spec, Status status, long progress) {
      this.spec = spec;
      this.status = status;
      this.progress = progress;
    }
  }

  /**
   * All that runs makes progress; a life that is not the furthest one would tell that two lives
   * ran.
   */
  void work() {
    for (Capsule capsule : capsules.values()) {
      if (capsule.status == Status.RUNNING) {
        String instance = capsule.spec.instance();
        long expected = furthest.getOrDefault(instance, 0L);
        if (capsule.progress != expected) {
          throw new AssertionError(
              "%s runs from %d, its lineage was at %d"
                  .formatted(capsule.spec.id(), capsule.progress, expected));
        }
        capsule.progress++;
        furthest.put(instance, capsule.progress);
      }
    }
  }

  void exit(String id, int code) {
    Capsule capsule = capsules.get(id);
    if (capsule != null) {
      capsule.status = Status.EXITED;
      capsule.exit = OptionalInt.of(code);
    }
  }

  long running(String instance) {
    return capsules.values().stream()
        .filter(c -> c.spec.instance().equals(instance) && c.status == Status.RUNNING)
        .count();
  }

  @Override
  public Told told() {
    return told;
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public Set<Ability> abilities() {
    Set<Ability> abilities = EnumSet.of(Ability.FREEZE, Ability.TRACK);
    if (images) {
      abilities.add(Ability.IMAGE);
    }
    if (data != null) {
      abilities.add(Ability.DATA);
    }
    if (lazy) {
      abilities.add(Ability.LAZY);
    }
    return abilities;
  }

  @Override
  public Outcome<InstanceState> start(InstanceSpec spec, Duration timeout) {
    Optional<EngineFailure> failure = before.step("start", spec.id());
    if (failure.isPresent()) {
      return Outcome.failed(failure.get());
    }
    furthest.put(spec.instance(), 0L);
    capsules.put(spec.id(), new Capsule(spec, Status.RUNNING, 0));
    return find(spec.id()).<Outcome<InstanceState>>map(Outcome::ok).orElseThrow();
  }

  @Override
  public Outcome<Done> freeze(String id, Duration timeout) {
    return set("freeze", id, Status.FROZEN);
  }

  @Override
  public Outcome<Done> thaw(String id, Duration timeout) {
    return set("thaw", id, Status.RUNNING);
  }

  @Override
  public boolean writesOnce(Path file) {
    return file.toString().equals("progress");
  }

  @Override
  public Outcome<DumpReport> dump(String id, Path directory, DumpOptions options) {
    told.dump(id, options);
    Optional<EngineFailure> failure = before.step("dump", id);
    Capsule capsule = capsules.get(id);
    if (failure.isPresent() || capsule == null || capsule.status == Status.EXITED) {
      return Outcome.failed(failure.orElse(new EngineFailure.ProcessGone(id)));
    }
    try {
      Files.writeString(directory.resolve("progress"), Long.toString(capsule.progress));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Optional<EngineFailure> late = before.step("dumped", id);
    if (late.isPresent()) {
      return Outcome.failed(late.get());
    }
    return Outcome.ok(new DumpReport(Instant.EPOCH, Duration.ZERO, Duration.ZERO, 1, 1));
  }

  @Override
  public Outcome<InstanceState> restoreFrozen(RestoreRequest request) {
    InstanceSpec spec =
        new InstanceSpec(
            request.instance(),
            request.generation(),
            request.ownerUid(),
            request.ownerUid(),
            List.of("/bin/worker"),
            Map.of(),
            OptionalLong.empty(),
            List.of());
    Optional<EngineFailure> failure = before.step("restore", spec.id());
    if (failure.isPresent()) {
      return Outcome.failed(failure.get());
    }
    try {
      long progress = Long.parseLong(Files.readString(request.image().resolve("progress")));
      capsules.put(spec.id(), new Capsule(spec, Status.FROZEN, progress));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (request.lazy()) {
      pages.put(spec.id(), Pages.COMING);
    }
    before.step("restored", spec.id());
    return find(spec.id()).<Outcome<InstanceState>>map(Outcome::ok).orElseThrow();
  }

  @Override
  public Outcome<Optional<InstanceState>> inspect(String id) {
    Optional<EngineFailure> failure = before.step("inspect", id);
    return failure.isPresent() ? Outcome.failed(failure.get()) : Outcome.ok(find(id));
  }

  private Optional<InstanceState> find(String id) {
    return Optional.ofNullable(capsules.get(id))
        .map(
            c ->
                new InstanceState(
                    c.spec,
                    c.status,
                    OptionalLong.empty(),
                    c.exit,
                    c.loss,
                    Path.of("/fake"),
                    new InstanceState.Stdio(Path.of("/in"), Path.of("/out"), Path.of("/err"))));
  }

  @Override
  public Outcome<Pages> pages(String id) {
    return Outcome.ok(pages.getOrDefault(id, Pages.ALL_IN));
  }

  @Override
  public Outcome<List<String>> ids() {
    return Outcome.ok(List.copyOf(capsules.keySet()));
  }

  @Override
  public Outcome<List<String>> ended() {
    return Outcome.ok(
        capsules.values().stream()
            .filter(c -> c.status == Status.EXITED && !c.unseen)
            .map(c -> c.spec.id())
            .toList());
  }

  @Override
  public Outcome<Usage> usage(String id) {
    return find(id).filter(state -> state.status() != Status.EXITED).isPresent()
        ? Outcome.ok(Usage.of(1_000, Duration.ofMillis(5)))
        : Outcome.failed(new EngineFailure.ProcessGone(id));
  }

  @Override
  public Outcome<InstanceData> data(String id) {
    Optional<EngineFailure> failure = before.step("data", id);
    Path folder = data;
    return failure.isPresent() || folder == null
        ? Outcome.failed(failure.orElse(new EngineFailure.Unsupported("data", "not here")))
        : Outcome.ok(new InstanceData(id, folder, List.of("work"), List.of()));
  }

  @Override
  public Outcome<Done> kill(String id, Duration timeout) {
    Optional<EngineFailure> failure = before.step("kill", id);
    if (failure.isPresent()) {
      return Outcome.failed(failure.get());
    }
    exit(id, 137);
    return Outcome.ok(new Done(Duration.ZERO));
  }

  @Override
  public Outcome<Done> delete(String id, Duration timeout) {
    Optional<EngineFailure> failure = before.step("delete", id);
    if (failure.isPresent()) {
      return Outcome.failed(failure.get());
    }
    capsules.remove(id);
    before.step("deleted", id);
    return Outcome.ok(new Done(Duration.ZERO));
  }

  private Outcome<Done> set(String operation, String id, Status status) {
    Optional<EngineFailure> failure = before.step(operation, id);
    Capsule capsule = capsules.get(id);
    if (failure.isPresent() || capsule == null || capsule.status == Status.EXITED) {
      return Outcome.failed(failure.orElse(new EngineFailure.ProcessGone(id)));
    }
    capsule.status = status;
    before.step(operation + "n", id);
    return Outcome.ok(new Done(Duration.ZERO));
  }
}
