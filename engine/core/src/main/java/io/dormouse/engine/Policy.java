package io.dormouse.engine;

import io.dormouse.engine.plan.Proposal;
import java.util.List;

/** One capability: what it would do, priced. A pure function of the cycle's inputs. */
@FunctionalInterface
public interface Policy {
  /** What it would do; the arbiter decides. */
  List<Proposal> propose(Cycle cycle);
}
