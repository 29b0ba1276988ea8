package io.dormouse.cli.up.arrivals;

import com.google.common.collect.ImmutableList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Draws functions from a trace until the machine is full: in turn one that mostly rests longer than
 * the baseline's keep-alive, one that mostly rests some minutes, and one that hardly rests, so that
 * every level has its use. None may take more than a third of the cold starts.
 */
public final class Sampler {
  private final Trace trace;
  private final SampleRequest request;
  private final Random random;

  private Sampler(Trace trace, SampleRequest request) {
    this.trace = trace;
    this.request = request;
    this.random = new Random(request.seed());
  }

  /**
   * Draws a schedule.
   *
   * @throws BadTraceException when the trace is shorter than the window, or no function suits
   */
  public static Schedule sample(Trace trace, SampleRequest request) throws BadTraceException {
    return new Sampler(trace, request).sample();
  }

  private Schedule sample() throws BadTraceException {
    int firstMinute = drawFirstMinute();
    List<Candidate> taken = take(candidates(firstMinute));
    if (taken.isEmpty()) {
      throw new BadTraceException(
          trace.source(),
          "no function has 3 active minutes in trace minutes %d to %d with a median gap of 1 to 60 minutes within the limits %s."
              .formatted(firstMinute, firstMinute + request.windowMinutes() - 1, request.limits()),
          "Maybe give a longer --for or another --seed.");
    }
    taken.sort(Comparator.comparing(candidate -> candidate.sampled().name()));
    return new Schedule(
        trace.source(),
        firstMinute,
        request.windowMinutes(),
        taken.stream().map(Candidate::sampled).collect(ImmutableList.toImmutableList()),
        arrivals(taken));
  }

  private int drawFirstMinute() throws BadTraceException {
    int span = trace.lastMinute() - trace.firstMinute() + 1;
    if (request.windowMinutes() > span) {
      throw new BadTraceException(
          trace.source(),
          "the trace covers %d minutes, but the window %d (%d s of wall time at %.0f trace seconds each)."
              .formatted(
                  span,
                  request.windowMinutes(),
                  request.window().toSeconds(),
                  request.traceSecondsPerWallSecond()),
          "Maybe give a shorter --for.");
    }
    return trace.firstMinute() + random.nextInt(span - request.windowMinutes() + 1);
  }

  private List<Candidate> candidates(int firstMinute) {
    List<Candidate> candidates = new ArrayList<>();
    for (FunctionTrace function : trace.functions()) {
      if (callsWithin(function, firstMinute) <= request.limits().arrivalsMax()) {
        Candidate candidate = Candidate.of(function, firstMinute, request);
        if (candidate.suits(function, firstMinute, request)) {
          candidates.add(candidate);
        }
      }
    }
    candidates.sort(Comparator.comparing(candidate -> candidate.sampled().name()));
    Collections.shuffle(candidates, random);
    return candidates;
  }

  private long callsWithin(FunctionTrace function, int firstMinute) {
    return function
        .callsByMinute()
        .subMap(firstMinute, true, firstMinute + request.windowMinutes() - 1, true)
        .values()
        .stream()
        .mapToLong(Integer::longValue)
        .sum();
  }

  private List<Candidate> take(List<Candidate> candidates) {
    Map<Candidate.Pace, Deque<Candidate>> byPace = new EnumMap<>(Candidate.Pace.class);
    for (Candidate candidate : candidates) {
      byPace.computeIfAbsent(candidate.pace(request), unused -> new ArrayDeque<>()).add(candidate);
    }
    Filling filling = new Filling(request.limits());
    while (byPace.values().stream().anyMatch(queue -> !queue.isEmpty())) {
      byPace.values().forEach(filling::offerFirstFitting);
    }
    return filling.taken;
  }

  private static ImmutableList<Arrival> arrivals(List<Candidate> taken) {
    List<Arrival> arrivals = new ArrayList<>();
    for (Candidate candidate : taken) {
      String name = candidate.sampled().name();
      for (int call = 0; call < candidate.seconds().length(); call++) {
        arrivals.add(new Arrival(candidate.at(call), name, name + "-" + (call + 1)));
      }
    }
    arrivals.sort(Comparator.comparing(Arrival::at).thenComparing(Arrival::task));
    return ImmutableList.copyOf(arrivals);
  }

  /** What was taken so far; its one owner is {@link #take}. */
  private static final class Filling {
    private final SampleRequest.Limits limits;
    private final List<Candidate> taken = new ArrayList<>();
    private int coldStarts;
    private int arrivals;

    Filling(SampleRequest.Limits limits) {
      this.limits = limits;
    }

    void offerFirstFitting(Deque<Candidate> candidates) {
      while (!candidates.isEmpty()) {
        if (offer(candidates.remove())) {
          return;
        }
      }
    }

    private boolean offer(Candidate candidate) {
      SampledFunction function = candidate.sampled();
      if (taken.size() == limits.functionsMax()
          || function.coldStartsExpected() > Math.max(2, limits.coldStartsMax() / 3)
          || coldStarts + function.coldStartsExpected() > limits.coldStartsMax()
          || arrivals + function.arrivals() > limits.arrivalsMax()) {
        return false;
      }
      coldStarts += function.coldStartsExpected();
      arrivals += function.arrivals();
      taken.add(candidate);
      return true;
    }
  }
}
