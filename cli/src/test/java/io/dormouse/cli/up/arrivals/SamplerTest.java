package io.dormouse.cli.up.arrivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
  private static final SampleRequest.Limits LIMITS = new SampleRequest.Limits(12, 17, 20_000);

  @Property(tries = 30)
  void arrivalsAreSortedInsideTheWindowNamedOnceAndBounded(
      @ForAll long seed, @ForAll @IntRange(min = 60, max = 600) int windowSeconds)
      throws BadTraceException {
    SampleRequest request = request(seed, windowSeconds);

    Schedule schedule = Sampler.sample(GeneratedTrace.draw(seed), request);

    assertThat(schedule.arrivals()).isSortedAccordingTo(Comparator.comparing(Arrival::at));
    assertThat(schedule.arrivals())
        .allMatch(a -> !a.at().isNegative() && a.at().compareTo(request.window()) < 0);
    assertThat(schedule.arrivals()).extracting(Arrival::task).doesNotHaveDuplicates();
    assertThat(schedule.arrivals()).hasSizeLessThanOrEqualTo(LIMITS.arrivalsMax());
    assertThat(schedule.functions()).isNotEmpty().hasSizeLessThanOrEqualTo(LIMITS.functionsMax());
    assertThat(schedule.functions().stream().mapToInt(SampledFunction::coldStartsExpected).sum())
        .isLessThanOrEqualTo(LIMITS.coldStartsMax());
    assertThat(schedule.functions().stream().mapToInt(SampledFunction::arrivals).sum())
        .isEqualTo(schedule.arrivals().size());
  }

  @Property(tries = 10)
  void theSameSeedGivesTheSameSchedule(@ForAll long seed) throws BadTraceException {
    SampleRequest request = request(seed, 180);

    assertThat(Sampler.sample(GeneratedTrace.draw(seed), request))
        .isEqualTo(Sampler.sample(GeneratedTrace.draw(seed), request));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void threeMinutesGiveEveryLevelItsUse(long seed) throws BadTraceException {
    Schedule schedule = Sampler.sample(GeneratedTrace.draw(seed), request(seed, 180));

    assertThat(schedule.functions().stream().mapToInt(SampledFunction::longGaps).sum())
        .isGreaterThanOrEqualTo(5);
    assertThat(schedule.functions()).hasSizeGreaterThanOrEqualTo(4);
    assertThat(restsOfThreeMinutes(schedule)).isGreaterThanOrEqualTo(25);
  }

  private static long restsOfThreeMinutes(Schedule schedule) {
    Map<String, Duration> last = new HashMap<>();
    return schedule.arrivals().stream()
        .filter(
            arrival -> {
              Duration before = last.put(arrival.function(), arrival.at());
              return before != null && arrival.at().minus(before).toSeconds() >= 3;
            })
        .count();
  }

  @Test
  void countsColdStartsAndGapsByHand() throws BadTraceException {
    FunctionTrace function =
        new FunctionTrace("f", "http", ImmutableSortedMap.of(0, 1, 1, 1, 20, 2, 22, 1, 59, 1));
    Trace trace = new Trace("hand", ImmutableList.of(function));

    Schedule schedule = Sampler.sample(trace, request(7, 60));

    assertThat(schedule.firstMinute()).isZero();
    SampledFunction sampled = schedule.functions().get(0);
    assertThat(sampled.arrivals()).isEqualTo(6);
    assertThat(sampled.medianGapMinutes()).isEqualTo((2 + 19) / 2.0);
    assertThat(sampled.longGaps()).isEqualTo(2);
    assertThat(sampled.coldStartsExpected()).isEqualTo(3);
    assertThat(schedule.arrivals().get(0).at()).isLessThan(Duration.ofSeconds(1));
    assertThat(schedule.arrivals().get(5).at())
        .isBetween(Duration.ofSeconds(59), Duration.ofSeconds(60));
  }

  @Test
  void refusesAWindowLongerThanTheTrace() {
    Trace trace = GeneratedTrace.draw(1);

    assertThatThrownBy(() -> Sampler.sample(trace, request(1, 3600)))
        .isInstanceOf(BadTraceException.class)
        .hasMessageContaining("covers 14")
        .hasMessageContaining("Maybe give a shorter --for");
  }

  @Test
  void saysWhenNothingSuits() {
    FunctionTrace once = new FunctionTrace("once", "http", ImmutableSortedMap.of(0, 1, 99, 1));
    Trace trace = new Trace("hand", ImmutableList.of(once));

    assertThatThrownBy(() -> Sampler.sample(trace, request(1, 60)))
        .isInstanceOf(BadTraceException.class)
        .hasMessageContaining("no function has 3 active minutes")
        .hasMessageContaining("Maybe ");
  }

  @Test
  void ratesFollowTheirPublishedQuantiles() {
    assertThat(GeneratedTrace.callsPerDay(0.45)).isEqualTo(24, within());
    assertThat(GeneratedTrace.callsPerDay(0.81)).isEqualTo(1440, within());
    assertThat(GeneratedTrace.callsPerDay(0.2)).isLessThan(24);
    assertThat(GeneratedTrace.callsPerDay(1)).isEqualTo(5_000, within());
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(1e-6);
  }

  private static SampleRequest request(long seed, int windowSeconds) {
    return new SampleRequest(Duration.ofSeconds(windowSeconds), 60, 10, LIMITS, seed);
  }
}
