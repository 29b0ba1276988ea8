package io.dormouse.it.moves;

import com.google.common.collect.ImmutableList;
import io.dormouse.controller.decide.EngineDecider;
import io.dormouse.controller.machine.ActionOutcome;
import io.dormouse.controller.machine.Decider;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.explain.Terms;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.plan.Plan;
import io.dormouse.engine.plan.Ruling;
import java.time.Instant;
import java.util.Optional;

/**
 * Moves the instance where its site wishes it to be, and wakes it where it hibernates. On what
 * operators want rules the engine.
 */
final class WishDecider implements Decider {
  private final SiteAdapter site;
  private final EngineDecider engine;
  private long version;

  WishDecider(SiteAdapter site, EngineDecider engine) {
    this.site = site;
    this.engine = engine;
  }

  @Override
  public void observe(SnapshotDelta delta, boolean complete) {
    engine.observe(delta, complete);
    version++;
  }

  @Override
  public Plan decide(Instant now) {
    version++;
    Optional<Action> action =
        switch (site.phase()) {
          case IDLE -> site.wish().map(to -> new Action.Move(site.instance(), to));
          case HIBERNATED ->
              Optional.of(new Action.Wake(site.instance(), HibernationLevel.L3_FULL_SNAPSHOT));
          default -> Optional.empty();
        };
    return new Plan(
        version,
        action.map(wanted -> ImmutableList.of(record(wanted, now))).orElseGet(ImmutableList::of));
  }

  private DecisionRecord record(Action action, Instant now) {
    return new DecisionRecord(
        "d-%d-0".formatted(version),
        now,
        version,
        "test",
        "wish",
        action,
        "it is wished",
        Terms.of(),
        ImmutableList.of());
  }

  @Override
  public Ruling rule(Action.Move wish, String reason) {
    return engine.rule(wish, reason);
  }

  @Override
  public void learn(ActionOutcome outcome) {}
}
