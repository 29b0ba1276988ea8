package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import io.dormouse.yarn.warmpool.Worker.State;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The instances that are not ended, in order of creation. Not thread-safe. */
final class Roster {
  private static final Pattern NOT_IN_FILE_NAMES = Pattern.compile("[^A-Za-z0-9.-]");
  private static final int CLASS_LENGTH_MAX = 100;

  private final Map<InstanceId, Worker> workers = new LinkedHashMap<>();
  private final String idPrefix;
  private long created;

  Roster(String idPrefix) {
    this.idPrefix = idPrefix;
  }

  Worker create(WorkerClass kind, Instant now) {
    String name = NOT_IN_FILE_NAMES.matcher(kind.id().value()).replaceAll("-");
    String part = name.substring(0, Math.min(name.length(), CLASS_LENGTH_MAX));
    String id = String.format(Locale.ROOT, "%s-%s-%d", idPrefix, part, ++created);
    Worker worker = new Worker(new InstanceId(id), kind, now);
    workers.put(worker.id, worker);
    return worker;
  }

  @Nullable Worker get(InstanceId id) {
    return workers.get(id);
  }

  void remove(Worker worker) {
    workers.remove(worker.id);
  }

  int size() {
    return workers.size();
  }

  List<Worker> all() {
    return List.copyOf(workers.values());
  }

  List<Worker> all(Predicate<Worker> condition) {
    return workers.values().stream().filter(condition).toList();
  }

  Optional<Worker> byContainer(String containerId) {
    return workers.values().stream()
        .filter(worker -> worker.container != null && worker.container.id().equals(containerId))
        .findFirst();
  }

  /** The idle instance that was used last: the others get to be idle for long. */
  Optional<Worker> idle(WorkloadClassId workloadClass) {
    return workers.values().stream()
        .filter(worker -> worker.state == State.IDLE && worker.link != Worker.NO_LINK)
        .filter(worker -> worker.kind.id().equals(workloadClass))
        .max(Comparator.comparing((Worker worker) -> worker.since));
  }

  /** Whether an instance of the class is occupied since some time after {@code time}. */
  boolean freeSoon(WorkloadClassId workloadClass, Instant time) {
    return workers.values().stream()
        .filter(worker -> worker.kind.id().equals(workloadClass))
        .anyMatch(worker -> worker.isOccupied() && worker.since.isAfter(time));
  }

  int coming(WorkloadClassId workloadClass) {
    return (int)
        workers.values().stream()
            .filter(worker -> worker.kind.id().equals(workloadClass) && worker.isComing())
            .count();
  }
}
