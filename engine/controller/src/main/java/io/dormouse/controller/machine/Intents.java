package io.dormouse.controller.machine;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.Epoch;
import java.time.Instant;
import java.util.Optional;

/** Makes the first intent of each action; ids name the leadership, so that none is used twice. */
final class Intents {
  private static final Place NO_PROCESS = new Place(Optional.empty(), "", "");

  private Epoch epoch = new Epoch(0, 0);
  private long made;

  /** Where the process is, the image it goes to or comes from, and its life. */
  record Place(Optional<NodeId> node, String image, String life) {}

  /**
   * Where a move goes.
   *
   * @param to as the scheduler calls it
   * @param draft names the draft that goes ahead; empty where none does
   */
  record Journey(NodeId to, String draft) {}

  private record Subject(
      Optional<InstanceId> instance, WorkloadClassId workloadClass, HibernationLevel level) {
    static Subject of(InstanceRecord record) {
      return new Subject(Optional.of(record.id()), record.workloadClass(), record.level());
    }
  }

  private record Aim(Kind kind, String decision, HibernationLevel to, Step step) {}

  void lead(Epoch newEpoch) {
    epoch = newEpoch;
    made = 0;
  }

  Intent start(String decision, WorkloadClassId workloadClass, Instant now) {
    Subject subject = new Subject(Optional.empty(), workloadClass, HibernationLevel.TERMINATED);
    Aim aim = new Aim(Kind.START, decision, HibernationLevel.AWAKE, Step.START);
    return make(subject, aim, NO_PROCESS, now);
  }

  Intent hibernate(
      String decision, InstanceRecord record, HibernationLevel to, Place process, Instant now) {
    Step first = HibernateProtocol.firstStep(record.level(), to);
    return make(Subject.of(record), new Aim(Kind.HIBERNATE, decision, to, first), process, now);
  }

  /** Takes it to another node. */
  Intent move(String decision, InstanceRecord record, Place process, Journey journey, Instant now) {
    Aim aim = new Aim(Kind.MOVE, decision, HibernationLevel.AWAKE, Step.RESERVE);
    return make(Subject.of(record), aim, process, now)
        .withCopyAt(journey.to(), "")
        .withDraft(journey.draft());
  }

  /** Wakes what is frozen where it is. */
  Intent thaw(String decision, InstanceRecord record, Instant now) {
    return make(
        Subject.of(record),
        new Aim(Kind.WAKE, decision, HibernationLevel.AWAKE, Step.THAW),
        new Place(record.node(), "", record.life()),
        now);
  }

  /** Wakes from an image. */
  Intent restore(String decision, InstanceRecord record, Instant now) {
    return make(
        Subject.of(record),
        new Aim(Kind.WAKE, decision, HibernationLevel.AWAKE, Step.ALLOCATE),
        new Place(Optional.empty(), record.image(), ""),
        now);
  }

  /** Settles a contradiction, from a step of compensation on. */
  Intent settle(InstanceRecord record, Step step, Optional<NodeId> node, String why, Instant now) {
    Aim aim = new Aim(Kind.WAKE, Intent.RECOVERY, HibernationLevel.AWAKE, step);
    return make(Subject.of(record), aim, new Place(node, "", ""), now).undoing(step, why);
  }

  private Intent make(Subject subject, Aim aim, Place process, Instant now) {
    made++;
    return new Intent(
        "a-%d-%d-%d".formatted(epoch.incarnation(), epoch.czxid(), made),
        aim.kind(),
        aim.decision(),
        subject.instance(),
        subject.workloadClass(),
        subject.level(),
        aim.to(),
        aim.step(),
        0,
        0,
        process.node(),
        process.image(),
        "",
        process.life(),
        Optional.empty(),
        "",
        now);
  }
}
