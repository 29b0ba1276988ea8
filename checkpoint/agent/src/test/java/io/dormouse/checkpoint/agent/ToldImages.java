package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.engines.Done;
import io.dormouse.checkpoint.engines.DumpOptions;
import io.dormouse.checkpoint.engines.InstanceEngine;
import io.dormouse.checkpoint.engines.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** An engine that remembers what it is told of images. */
interface ToldImages extends InstanceEngine {
  /** What it was told. */
  final class Told {
    /** By capsule, until its next dump. */
    final Map<String, byte[]> images = new TreeMap<>();

    /** Of each dump, whether it might leave out what an image has. */
    final List<Boolean> inherits = new ArrayList<>();

    void dump(String id, DumpOptions options) {
      inherits.add(options.inherits());
      images.remove(id);
    }
  }

  Told told();

  @Override
  default Outcome<Optional<byte[]>> tracked(String id) {
    return Outcome.ok(Optional.ofNullable(told().images.get(id)));
  }

  @Override
  default Outcome<Done> track(String id, byte[] image) {
    told().images.put(id, image);
    return Outcome.ok(new Done(Duration.ZERO));
  }
}
