package io.dormouse.engine.hibernation;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.EngineConfig;
import io.dormouse.engine.explain.RejectedOption;
import io.dormouse.engine.explain.Terms;
import io.dormouse.engine.model.Money;
import io.dormouse.engine.plan.Proposal;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * To which level one idle instance goes now, and what that is worth.
 *
 * <p>By the forecast, the value is the expected one until the next use, against staying until then;
 * it goes now if going later is expected to cost more. By the envelope nothing is expected: there
 * the value is that of another idle time as long as the one so far, which is what the envelope goes
 * by. Where the way down costs more than going straight, a step waits until even that is worth k
 * times its cost.
 */
final class DescentChoice {
  private final PricedLevels.Priced priced;
  private final TrustBlend blend;
  private final int from;
  private final double ageSeconds;
  private final @Nullable NextUse use;
  private final @Nullable ExpectedCosts expected;
  private final int target;

  private DescentChoice(
      PricedLevels.Priced priced,
      TrustBlend blend,
      int from,
      double ageSeconds,
      @Nullable NextUse use,
      Duration beat) {
    this.priced = priced;
    this.blend = blend;
    this.from = from;
    this.ageSeconds = ageSeconds;
    this.use = use;
    this.expected =
        use == null
            ? null
            : ExpectedCosts.of(priced.table(), priced.envelope().descent(), use, beat);
    this.target = blend.blend(ageSeconds, wanted(blend.k()));
  }

  /** Chooses; empty where it stays as it is. */
  static Optional<DescentChoice> of(
      EngineConfig config,
      PricedLevels.Priced priced,
      int from,
      double ageSeconds,
      Optional<NextUse> forecast) {
    double k = config.dialSetting().k();
    NextUse use = forecast.filter(found -> found.trust() < 1).orElse(null);
    double lambda = use == null ? 1 : Math.max(config.trustMin(), use.trust());
    TrustBlend blend = new TrustBlend(priced.envelope(), lambda, k);
    if (blend.deepest(ageSeconds) <= from) {
      return Optional.empty();
    }
    DescentChoice choice = new DescentChoice(priced, blend, from, ageSeconds, use, config.beat());
    return Optional.of(choice).filter(found -> found.target > from && found.terms().isWorth(k));
  }

  LevelCost target() {
    return priced.table().get(target);
  }

  Terms terms() {
    return terms(target);
  }

  /** The level that the forecast wants; this one where it wants none, or is missing. */
  private int wanted(double k) {
    if (expected == null) {
      return from;
    }
    int wanted = from;
    double best = expected.stay(from).usd();
    Descent reachable = priced.envelope().descent();
    for (int i = 0; i < reachable.size(); i++) {
      int to = reachable.level(i);
      double cost = to > from ? expected.down(from, to).usd() : Double.POSITIVE_INFINITY;
      if (cost < best && forecastTerms(expected, to).isWorth(k)) {
        wanted = to;
        best = cost;
      }
    }
    return wanted;
  }

  private Terms terms(int to) {
    boolean forced = to == blend.shallowest(ageSeconds);
    return expected == null || forced ? envelopeTerms(to) : forecastTerms(expected, to);
  }

  private Terms envelopeTerms(int to) {
    LevelTable table = priced.table();
    double rate = table.holdUsdPerSecond(from) - table.holdUsdPerSecond(to);
    LevelCost here = table.get(from);
    LevelCost there = table.get(to);
    return Terms.of(
        Moves.benefit("saved_holding", rate * ageSeconds),
        Moves.cost("entry", table.entryUsd(from, to)),
        Moves.cost("wake_wait", there.wakeWait().usd() - here.wakeWait().usd()),
        Moves.cost("wake_busy", there.wakeBusy().usd() - here.wakeBusy().usd()));
  }

  private Terms forecastTerms(ExpectedCosts costs, int to) {
    ExpectedCosts.Cost keep = costs.keep(from);
    ExpectedCosts.Cost down = costs.down(from, to);
    double entry = priced.table().entryUsd(from, to);
    return Terms.of(
        Moves.benefit("saved_holding", keep.holdUsd() - down.holdUsd()),
        Moves.cost("entry", entry),
        Moves.cost("later_moves", down.oneOffUsd() - entry - keep.oneOffUsd()));
  }

  Proposal.Why why() {
    String level = target().level().name();
    String reason =
        use == null
            ? "idle for %s: without a trusted forecast the lower envelope wants %s"
                .formatted(Words.seconds(ageSeconds), level)
            : "idle for %s, the next use is expected in %s (trust %s): %s is the level for that"
                .formatted(
                    Words.seconds(ageSeconds),
                    Words.seconds(use.meanSeconds()),
                    Words.number(use.trust()),
                    level);
    return new Proposal.Why(reason, rejected());
  }

  private ImmutableList<RejectedOption> rejected() {
    ImmutableList.Builder<RejectedOption> options = ImmutableList.builder();
    options.add(new RejectedOption("stay", Money.ZERO, "holding costs more than going down"));
    for (int to = from + 1; to < priced.table().size(); to++) {
      if (to != target) {
        String option = "hibernate to " + priced.table().get(to).level();
        String reason =
            to > blend.deepest(ageSeconds)
                ? "too early: its bound allows no more than this level yet"
                : "worth less";
        options.add(new RejectedOption(option, terms(to).net(), reason));
      }
    }
    return options.build();
  }
}
