package io.dormouse.controller.rest;

import io.dormouse.controller.machine.ActionOutcome;
import io.dormouse.controller.machine.ControllerView;
import io.dormouse.controller.machine.Disposition;
import io.dormouse.controller.machine.History;
import io.dormouse.controller.machine.Kind;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.NodeId;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Prometheus metrics from the controller's views, and from outcomes as they come. Thread-safe. */
public final class Metrics {
  private static final String PREFIX = "dormouse.";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Supplier<ControllerView> view;

  /** Metrics of the controller whose newest view is supplied. */
  public Metrics(Supplier<ControllerView> view) {
    this.view = view;
    for (String counter : view.get().counters().keySet()) {
      FunctionCounter.builder(
              PREFIX + counter.replace('_', '.'), view, seen -> count(seen.get(), counter))
          .register(registry);
    }
    gauge("leader", seen -> seen.leader() ? 1 : 0);
    gauge("coordination.suspended", seen -> seen.suspended() ? 1 : 0);
    gauge("scheduler.connected", seen -> seen.schedulerConnected() ? 1 : 0);
    gauge("actions.under.way", seen -> seen.actions().size());
    gauge("queued.tasks", ControllerView::queuedTasks);
    gauge("agents", seen -> seen.agents().size());
    gauge(
        "agents.following",
        seen -> seen.agents().stream().filter(ControllerView.AgentView::acknowledged).count());
    for (HibernationLevel level : HibernationLevel.values()) {
      Gauge.builder(PREFIX + "instances", view, seen -> at(seen.get(), level))
          .tag("level", level.name())
          .register(registry);
    }
  }

  /** Adds what is used of these nodes. */
  public void nodes(Iterable<NodeId> nodes) {
    nodes.forEach(node -> NodeMetrics.register(registry, node, view));
  }

  /** A counter that another part keeps. */
  public void counter(String name, Supplier<Number> total) {
    FunctionCounter.builder(PREFIX + name, total, kept -> kept.get().doubleValue())
        .register(registry);
  }

  /** A gauge that another part keeps. */
  public void gauge(String name, Supplier<Number> value) {
    Gauge.builder(PREFIX + name, value, kept -> kept.get().doubleValue()).register(registry);
  }

  /** Passes the history on, and times what it says. */
  public History timing(History next) {
    return new History() {
      @Override
      public void decided(DecisionRecord decision, Disposition disposition) {
        next.decided(decision, disposition);
      }

      @Override
      public void ended(ActionOutcome outcome) {
        time(outcome);
        next.ended(outcome);
      }
    };
  }

  /** All metrics in Prometheus' text format. */
  String scrape() {
    return registry.scrape();
  }

  private void time(ActionOutcome outcome) {
    if (outcome.done() && !outcome.total().isNegative()) {
      boolean wakes = outcome.intent().kind() == Kind.WAKE;
      HibernationLevel level = wakes ? outcome.intent().from() : outcome.intent().to();
      Timer.builder(PREFIX + "action.duration")
          .tag("kind", outcome.intent().kind().name())
          .tag("level", level.name())
          .publishPercentiles(0.5, 0.99)
          .register(registry)
          .record(outcome.total());
    }
  }

  private void gauge(String name, ToDoubleFunction<ControllerView> value) {
    Gauge.builder(PREFIX + name, view, seen -> value.applyAsDouble(seen.get())).register(registry);
  }

  private static double count(ControllerView view, String counter) {
    Long count = view.counters().get(counter);
    return count == null ? 0 : count;
  }

  private static double at(ControllerView view, HibernationLevel level) {
    return view.instances().stream()
        .filter(instance -> instance.instance().level() == level)
        .count();
  }
}
