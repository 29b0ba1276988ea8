package io.dormouse.controller.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/** Virtual time, one source of randomness, and a network that loses, delays and repeats. */
final class World {
  final Random random;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
  private final List<String> journal = new ArrayList<>();
  private long nowMillis;
  private long scheduled;
  private boolean calm;

  World(long seed) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
  }

  private record Event(long at, long number, Runnable action) {}

  long nowMillis() {
    return nowMillis;
  }

  Instant now() {
    return Instant.ofEpochMilli(1_000_000_000_000L + nowMillis);
  }

  /** From now on nothing goes wrong any more. */
  void calmDown() {
    calm = true;
  }

  boolean calm() {
    return calm;
  }

  void after(long millis, Runnable action) {
    events.add(new Event(nowMillis + Math.max(0, millis), scheduled++, action));
  }

  /** Runs all that happens until a time; {@code check} runs after each event. */
  void runUntil(long millis, Runnable check) {
    while (!events.isEmpty() && events.peek().at() <= millis) {
      Event event = events.remove();
      nowMillis = event.at();
      event.action().run();
      check.run();
    }
    nowMillis = millis;
  }

  /** Delivers a message after some time, perhaps twice, perhaps never. */
  boolean send(Runnable delivery) {
    if (!calm && chance(0.03)) {
      return false;
    }
    after(delay(), delivery);
    if (!calm && chance(0.03)) {
      after(delay() + random.nextInt(2_000), delivery);
    }
    return true;
  }

  long delay() {
    return !calm && chance(0.03) ? 100 + random.nextInt(3_000) : 1 + random.nextInt(15);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  long between(long least, long most) {
    return least + (long) (random.nextDouble() * (most - least + 1));
  }

  void note(String line) {
    if (journal.size() < 20_000) {
      journal.add(nowMillis + " " + line);
    }
  }

  /** The last lines that name any of the words. */
  List<String> journal(String word, int most) {
    List<String> found = journal.stream().filter(line -> line.contains(word)).toList();
    return found.subList(Math.max(0, found.size() - most), found.size());
  }
}
