package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller: a deterministic state machine. It hears inputs, one at a time and with the time
 * of each, and acts through its {@link Seams}; it has no thread, no clock, no randomness of its own
 * and never blocks. Not thread-safe.
 *
 * <p>A decision cycle runs every beat, and at once when a task comes for which no instance is ready
 * or on its way.
 */
public final class ControllerCore {
  private static final Logger LOG = LoggerFactory.getLogger(ControllerCore.class);

  private final MachineSettings settings;
  private final Seams seams;
  private final AgentRegistry agents;
  private final Registry registry;
  private final Executor executor;
  private final ClusterOverlay cluster;
  private final Launches launches;
  private final Leases leases;
  private final Janitor janitor;
  private final Reconciler reconciler;
  private final Endings endings;
  private final Aftermath aftermath;
  private final Stranded stranded;
  private final AgentDesk desk;
  private final Placements placements;
  private final DecisionDesk decisions;
  private final WishDesk wishes;
  private final Tally tally = new Tally();
  private final ModeSwitch mode;
  private Optional<Leadership> leadership = Optional.empty();
  private boolean suspended;
  private boolean schedulerKnown;
  private boolean demand;
  private Instant nextBeat = Instant.MIN;

  /** Makes a follower that knows nothing yet. */
  public ControllerCore(MachineSettings settings, Seams seams) {
    this.settings = settings;
    this.seams = seams;
    this.agents = new AgentRegistry(settings.agents());
    this.registry = new Registry(seams.coordination());
    this.mode = new ModeSwitch(settings.mode(), registry);
    this.executor = new Executor(settings, seams, agents, registry, this::ended);
    this.cluster = new ClusterOverlay(agents, registry, executor);
    Intents intents = new Intents();
    this.launches =
        new Launches(new Launchpad(settings, seams, agents, registry, executor, cluster, intents));
    this.leases = new Leases(settings, seams, agents, registry, executor);
    this.janitor = new Janitor(settings, seams, agents, registry);
    Recoveries recoveries = new Recoveries(agents, registry, executor, cluster, intents);
    this.reconciler = new Reconciler(settings, agents, registry, executor, cluster, recoveries);
    this.endings = new Endings(registry, executor, cluster);
    this.aftermath = new Aftermath(seams, cluster, launches, endings, tally);
    this.stranded = new Stranded(settings, agents, executor, cluster, endings);
    this.desk = new AgentDesk(settings, seams, agents, executor, janitor, cluster);
    this.placements = new Placements(seams, agents, registry);
    this.decisions = new DecisionDesk(seams, cluster, launches, tally);
    this.wishes = new WishDesk(agents, cluster, launches, decisions);
  }

  private record Leadership(Epoch epoch, Instant since) {}

  /** Takes one input in, and acts on it. Time never goes back. */
  public void accept(Instant now, Input input) {
    tally.count("inputs");
    dispatch(now, input);
    leadership.filter(lead -> !suspended).ifPresent(lead -> placements.tick());
    if (demand) {
      demand = false;
      cycle(now);
    }
  }

  private void dispatch(Instant now, Input input) {
    if (input instanceof Input.Tick) {
      tick(now);
    } else if (input instanceof Input.Scheduler scheduler) {
      scheduler(now, scheduler.event());
    } else if (input instanceof Input.Answered answered) {
      leadership.flatMap(lead -> desk.answered(answered, now)).ifPresent(this::overtaken);
    } else if (input instanceof Input.Reported reported) {
      desk.reported(reported.node(), reported.event(), now);
      leadership.filter(lead -> !suspended).ifPresent(lead -> executor.tick(lead.epoch(), now));
    } else if (input instanceof Input.Announced announced) {
      leadership
          .flatMap(lead -> desk.announced(announced, lead.epoch(), now))
          .ifPresent(this::overtaken);
    } else if (input instanceof Input.Disconnected gone) {
      desk.disconnected(gone, now);
    } else if (input instanceof Input.Written written) {
      leadership.ifPresent(lead -> executor.written(written.ticket(), lead.epoch(), now));
      placements.written(written.ticket());
    } else if (input instanceof Input.ModeSet set) {
      leadership.ifPresent(lead -> mode.set(set));
    } else if (input instanceof Input.Wished wished) {
      wished.answer().accept(wish(wished.wish(), now));
    } else {
      leadershipChanged(now, input);
    }
  }

  private void leadershipChanged(Instant now, Input input) {
    if (input instanceof Input.LeadershipGained gained) {
      gained(now, gained);
    } else if (input instanceof Input.LeadershipLost lost) {
      stepDown(lost.reason());
    } else if (input instanceof Input.Fenced fenced) {
      tally.count("writes_fenced");
      leadership
          .filter(lead -> lead.epoch().equals(fenced.epoch()))
          .ifPresent(lead -> overtaken("a write was refused: " + fenced.reason()));
    } else if (input instanceof Input.Suspended) {
      suspended = true;
    } else if (input instanceof Input.Resumed) {
      suspended = false;
    }
  }

  private void gained(Instant now, Input.LeadershipGained gained) {
    stepDown("a new leadership begins");
    tally.count("leaderships_gained");
    leadership = Optional.of(new Leadership(gained.epoch(), now));
    suspended = false;
    LOG.info(
        "cell={} epoch={} state=leading intents={} records={}",
        settings.cell(),
        gained.epoch(),
        gained.intents().size(),
        gained.records().size());
    registry.load(gained.epoch(), gained.records());
    mode.lead(gained.paused());
    launches.lead(gained.epoch());
    gained.intents().forEach(intent -> executor.recover(intent, gained.epoch(), now));
    cluster.touchAll();
    desk.announce(gained.epoch(), now);
    executor.tick(gained.epoch(), now);
  }

  private void overtaken(String reason) {
    seams.coordination().resign(reason);
    stepDown(reason);
  }

  private void stepDown(String reason) {
    if (leadership.isEmpty()) {
      return;
    }
    tally.count("leaderships_lost");
    LOG.warn(
        "cell={} epoch={} state=\"follows\" reason=\"{}\"",
        settings.cell(),
        leadership.get().epoch(),
        reason);
    leadership = Optional.empty();
    executor.clear();
    registry.clear();
    janitor.clear();
    reconciler.clear();
    endings.clear();
    placements.clear();
    agents.forgetAcknowledgements();
    cluster.touchAll();
  }

  private void tick(Instant now) {
    boolean beat = !nextBeat.isAfter(now);
    if (beat) {
      nextBeat = now.plus(settings.beat());
    }
    leadership.ifPresent(lead -> lead(lead, beat, now));
    if (beat) {
      if (cycle(now)) {
        charge();
      }
      seams.views().accept(Views.of(settings, agents, registry, cluster, summary(now)));
    }
  }

  private void lead(Leadership lead, boolean beat, Instant now) {
    desk.announce(lead.epoch(), now);
    if (beat) {
      leases.renew(lead.epoch(), mode.mode());
    }
    if (suspended) {
      return;
    }
    executor.tick(lead.epoch(), now);
    janitor.tick(lead.epoch(), now);
    if (beat) {
      launches.tick(now);
      stranded.tick(lead.since(), schedulerKnown, now);
      cluster.dropPlaceholdersBefore(now.minus(settings.patience().allocate()));
      if (settled(lead, now)) {
        reconciler.tick(schedulerKnown, now);
      }
    }
  }

  /** All agents follow this leader, or those that don't have had their time. */
  private boolean settled(Leadership lead, Instant now) {
    return agents.members().stream().allMatch(Member::acknowledged)
        || !lead.since().plus(settings.patience().announce()).isAfter(now);
  }

  /** Who has just decided is in charge; who only observes says that it is not. */
  private void charge() {
    Duration lease = mode.mode() == Mode.ACT ? settings.lease() : Duration.ZERO;
    leadership.ifPresent(lead -> seams.scheduler().charge(lead.epoch(), lease));
  }

  /** Decides, if this is the time and the place; whether it was. */
  private boolean cycle(Instant now) {
    decisions.observe(now);
    if (!mayDecide(now)) {
      return false;
    }
    decisions.decide(lead(), now);
    return true;
  }

  private boolean mayDecide(Instant now) {
    return leadership.isPresent() && !suspended && schedulerKnown && settled(leadership.get(), now);
  }

  private DecisionDesk.Lead lead() {
    return new DecisionDesk.Lead(leadership.orElseThrow().epoch(), mode.mode());
  }

  private WishAnswer wish(MoveWish wish, Instant now) {
    decisions.observe(now);
    return mayDecide(now)
        ? wishes.move(wish, lead(), now)
        : new WishAnswer.Refused("this controller does not lead, or not yet");
  }

  private void scheduler(Instant now, SchedulerEvent event) {
    if (event instanceof SchedulerEvent.ClusterChanged changed) {
      schedulerKnown |= changed.complete();
      for (InstanceId ended : cluster.take(changed.delta(), changed.complete())) {
        endings.schedulerSays(ended, now);
      }
      demand |= !changed.delta().queued().isEmpty() && cluster.hasUnservedTask();
    } else if (event instanceof SchedulerEvent.CommandDone done) {
      executor.schedulerDone(done.requestId(), now);
    } else if (event instanceof SchedulerEvent.CommandRefused refused) {
      executor.schedulerRefused(refused.requestId(), refused.reason(), now);
    } else if (event instanceof SchedulerEvent.Disconnected gone) {
      LOG.warn("scheduler=disconnected reason=\"{}\"", gone.reason());
      schedulerKnown = false;
    }
  }

  private void ended(Executor.Ended end) {
    aftermath.ended(end, leadership.map(Leadership::epoch));
  }

  private Views.Summary summary(Instant now) {
    return new Views.Summary(
        now,
        mode.mode(),
        leadership.map(Leadership::epoch),
        suspended,
        schedulerKnown,
        ImmutableList.copyOf(executor.runs().stream().map(Run::intent).toList()),
        tally.totals());
  }
}
