package io.dormouse.checkpoint.engines;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Who lives in an engine's directory. An engine takes another's instances for exited, and its user
 * would then end them, so it must not open a directory that holds living ones of another, or of
 * which that can't be told.
 */
final class Residents {
  private static final int NAMED_MAX = 5;

  private Residents() {}

  /** Refuses plain processes a directory in which capsules live. */
  static Outcome<Done> noCapsules(InstanceDirectory instances) {
    return none(
        instances,
        Residents::isLivingCapsule,
        "Running plain processes in %s, where capsules live".formatted(instances.path()),
        "CRIU or runc failed for a moment: run the doctor with --fresh and start again; or wait until these capsules have ended, or use another directory.");
  }

  /** Refuses capsules a directory in which plain processes live. */
  static Outcome<Done> noPlainProcesses(InstanceDirectory instances) {
    return none(
        instances,
        Residents::isLivingProcess,
        "Running capsules in %s, where plain processes live".formatted(instances.path()),
        "CRIU and runc were not there when these started: choose plain processes until they have ended, or use another directory.");
  }

  private static Outcome<Done> none(
      InstanceDirectory instances, Predicate<InstanceFiles> living, String what, String fix) {
    return instances
        .ids()
        .then(
            ids ->
                none(
                    ids.stream().filter(id -> living.test(instances.files(id))).toList(),
                    what,
                    fix));
  }

  private static Outcome<Done> none(List<String> ids, String what, String fix) {
    if (ids.isEmpty()) {
      return Outcome.ok(new Done(Duration.ZERO));
    }
    List<String> named = ids.subList(0, Math.min(ids.size(), NAMED_MAX));
    String more = ids.size() > named.size() ? ", …" : "";
    return Outcome.failed(
        new EngineFailure.Unsupported(
            "%s (%d of them: %s%s),".formatted(what, ids.size(), String.join(", ", named), more),
            fix));
  }

  // Only a capsule has a bundle.
  private static boolean isLivingCapsule(InstanceFiles files) {
    String id = files.directory().getFileName().toString();
    OptionalLong pid = files.pid();
    return Presence.isDirectory(files.bundle())
        && (isSupervised(files)
            || (pid.isPresent() && CapsuleCgroup.holds(pid.getAsLong(), id))
            || CgroupFreezer.of(CapsuleCgroup.path(id)).stream()
                .anyMatch(freezer -> !freezer.processes().isEmpty()));
  }

  // A supervisor outlives what it has put on record as ended, but only just.
  private static boolean isSupervised(InstanceFiles files) {
    return files.exitStatus().isEmpty() && Supervisor.isAlive(files);
  }

  private static boolean isLivingProcess(InstanceFiles files) {
    return !Presence.isDirectory(files.bundle())
        && (isSupervised(files) || SignalsEngine.pid(files).isPresent());
  }
}
