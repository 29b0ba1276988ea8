package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.Host;
import io.dormouse.checkpoint.agentapi.proto.RestoreAnswer;
import io.dormouse.engine.model.NodeId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether what is dumped on one host can be restored at another's agent, by that agent's word. It
 * is asked when somebody wants to know, unless the hosts are alike. Owned by the state machine.
 */
final class Verdicts {
  private static final int KEPT_MAX = 10_000;
  private static final int ASKED_MAX = 1_000;
  private static final RestoreAnswer YES = RestoreAnswer.newBuilder().setYes(true).build();

  private final Agents agents;
  private final Reach reach;
  private final Set<Question> asked = new HashSet<>();
  private final Map<Question, RestoreAnswer> answers =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, RestoreAnswer> eldest) {
          return size() > KEPT_MAX;
        }
      };

  Verdicts(Agents agents, Reach reach) {
    this.agents = agents;
    this.reach = reach;
  }

  private record Question(NodeId target, Host source) {}

  /** What the agent of the target says of the source's host; empty while it is being asked. */
  Optional<RestoreAnswer> of(NodeId target, NodeId source) {
    Host host = reach.host(source);
    if (host.equals(reach.host(target))) {
      return Optional.of(YES);
    }
    Question question = new Question(target, host);
    RestoreAnswer known = answers.get(question);
    if (known == null && asked.size() < ASKED_MAX && asked.add(question)) {
      agents.mayRestore(target, host);
    }
    return Optional.ofNullable(known);
  }

  /** An agent has answered, or did not: then it is asked again when somebody wants to know. */
  void answered(Input.Judged judged) {
    Question question = new Question(judged.node(), judged.source());
    if (asked.remove(question)) {
      judged.answer().ifPresent(answer -> answers.put(question, answer));
    }
  }

  /** An agent said anew what it can. */
  void forget(NodeId target) {
    answers.keySet().removeIf(question -> question.target().equals(target));
    asked.removeIf(question -> question.target().equals(target));
  }
}
