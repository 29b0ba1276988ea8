package io.dormouse.controller.simulation;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.CacheImage;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.UncacheImage;
import java.util.HashSet;
import java.util.Set;

/** Copies of images on the fast storage of one node; like real ones they may be lost any time. */
final class SimCopies {
  private final World world;
  private final SimStore store;
  private final Set<String> generations = new HashSet<>();

  SimCopies(World world, SimStore store) {
    this.world = world;
    this.store = store;
  }

  AgentResult keep(CacheImage command) {
    if (store.find(command.getGeneration()).isEmpty()) {
      return SimResults.failed(FailureCode.IMAGE_MISSING, "no such image");
    }
    return keepIfItFits(command.getGeneration())
        ? done()
        : SimResults.failed(FailureCode.FAST_STORAGE_FULL, "it does not fit");
  }

  /** Whether there is a copy now. */
  boolean keepIfItFits(String generation) {
    boolean fits = world.calm() || !world.chance(0.2);
    if (fits) {
      generations.add(generation);
    }
    return fits;
  }

  AgentResult drop(UncacheImage command) {
    generations.remove(command.getGeneration());
    return done();
  }

  /** Whether a restore is from a copy whose pages get lost before it runs. */
  boolean failsLater(String generation) {
    return generations.remove(generation) && !world.calm() && world.chance(0.2);
  }

  private static AgentResult done() {
    return AgentResult.newBuilder().setDone(Done.getDefaultInstance()).build();
  }
}
