package io.dormouse.controller.history;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.controller.machine.Disposition;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.explain.RejectedOption;
import io.dormouse.engine.explain.Term;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.plan.Action;

/**
 * A decision as it is stored.
 *
 * @param seq grows with each decision
 * @param at ISO 8601
 * @param instance empty for a start
 * @param workloadClass empty where the action names an instance
 * @param disposition what became of it at once
 * @param terms JSON object: name to US dollars
 * @param rejected JSON array of {@code option}, {@code value}, {@code reason}
 */
public record DecisionRow(
    long seq,
    String id,
    String at,
    String action,
    String instance,
    String workloadClass,
    String from,
    String to,
    String disposition,
    String reason,
    long snapshotVersion,
    String configVersion,
    String modelVersion,
    double netValueUsd,
    String terms,
    String rejected) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int REASON_MAX = 4_000;
  private static final int DISPOSITION_MAX = 500;
  private static final int REJECTED_MAX = 50;

  static DecisionRow of(DecisionRecord decision, Disposition disposition) {
    return new DecisionRow(
        0,
        decision.id(),
        decision.at().toString(),
        decision.action().name(),
        instance(decision.action()),
        workloadClass(decision.action()),
        from(decision.action()).name(),
        to(decision.action()).name(),
        cut(disposition.words(), DISPOSITION_MAX),
        cut(decision.reason(), REASON_MAX),
        decision.snapshotVersion(),
        decision.configVersion(),
        decision.modelVersion(),
        decision.terms().net().usd(),
        terms(decision),
        rejected(decision));
  }

  static String cut(String text, int most) {
    return text.length() > most ? text.substring(0, most) : text;
  }

  private static String instance(Action action) {
    return action.subject().map(InstanceId::value).orElse("");
  }

  private static String workloadClass(Action action) {
    return action instanceof Action.Start start ? start.workloadClass().value() : "";
  }

  private static HibernationLevel from(Action action) {
    if (action instanceof Action.Hibernate hibernate) {
      return hibernate.from();
    }
    if (action instanceof Action.Move) {
      return HibernationLevel.AWAKE;
    }
    return action instanceof Action.Wake wake ? wake.from() : HibernationLevel.TERMINATED;
  }

  private static HibernationLevel to(Action action) {
    return action instanceof Action.Hibernate hibernate ? hibernate.to() : HibernationLevel.AWAKE;
  }

  private static String terms(DecisionRecord decision) {
    ObjectNode terms = JSON.createObjectNode();
    for (Term term : decision.terms()) {
      terms.put(term.name(), term.money().usd());
    }
    return terms.toString();
  }

  private static String rejected(DecisionRecord decision) {
    ArrayNode rejected = JSON.createArrayNode();
    for (RejectedOption option : decision.rejected().stream().limit(REJECTED_MAX).toList()) {
      rejected
          .addObject()
          .put("option", option.option())
          .put("value", option.value().usd())
          .put("reason", cut(option.reason(), DISPOSITION_MAX));
    }
    return rejected.toString();
  }
}
