package io.dormouse.controller.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The instances' processes and what the outside has seen of them. The checker of the first promise:
 * at most one life of an instance runs, and none goes on from a state older than what was seen.
 */
final class Processes {
  private final World world;
  private final List<Life> lives = new ArrayList<>();
  private final Map<String, Long> visible = new HashMap<>();

  Processes(World world) {
    this.world = world;
  }

  /** One life of an instance. */
  static final class Life {
    final String instance;
    final String generation;
    final String node;
    long counter;
    boolean running;
    boolean over;

    Life(String instance, String generation, String node, long counter) {
      this.instance = instance;
      this.generation = generation;
      this.node = node;
      this.counter = counter;
    }
  }

  Life begin(String instance, String generation, String node, long counter) {
    Life life = new Life(instance, generation, node, counter);
    lives.add(life);
    return life;
  }

  void run(Life life) {
    life.running = true;
    check(life);
  }

  void stop(Life life) {
    life.running = false;
  }

  void end(Life life) {
    life.running = false;
    life.over = true;
    lives.remove(life);
  }

  List<Life> of(String instance) {
    return lives.stream().filter(life -> life.instance.equals(instance)).toList();
  }

  List<Life> all() {
    return List.copyOf(lives);
  }

  /** All that run make a step. */
  void step() {
    for (Life life : lives) {
      if (life.running) {
        long seen = visible.getOrDefault(life.instance, 0L);
        life.counter++;
        if (life.counter != seen + 1) {
          throw new PromiseBroken(
              "%s life %s went from %d to %d: committed progress was lost or repeated"
                  .formatted(life.instance, life.generation, seen, life.counter));
        }
        visible.put(life.instance, life.counter);
      }
    }
  }

  long counter(String instance) {
    return visible.getOrDefault(instance, 0L);
  }

  private void check(Life life) {
    List<Life> running =
        lives.stream()
            .filter(other -> other.running && other.instance.equals(life.instance))
            .toList();
    if (running.size() > 1) {
      throw new PromiseBroken(
          "%s runs %d times at %d ms".formatted(life.instance, running.size(), world.nowMillis()));
    }
  }
}
