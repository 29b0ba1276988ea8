package io.dormouse.checkpoint.images.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dormouse.checkpoint.images.upkeep.Ledger.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  private static Instant hour(double hours) {
    return START.plus(Duration.ofSeconds((long) (hours * 3600)));
  }

  @Test
  void bytesCountUntilTheNextSample() {
    Ledger ledger =
        new Ledger(
            List.of(
                new Sample(hour(2), Map.of(1L, 50L)),
                new Sample(hour(0), Map.of(1L, 100L, 2L, 10L)),
                new Sample(hour(3), Map.of())));

    assertThat(ledger.byteHours(hour(0), hour(10)))
        .containsOnly(Map.entry(1L, 250.0), Map.entry(2L, 20.0));
    assertThat(ledger.byteHours(hour(1), hour(2.5)))
        .containsOnly(Map.entry(1L, 125.0), Map.entry(2L, 10.0));
    assertThat(ledger.byteHours(hour(-5), hour(-1))).isEmpty();
  }

  @Test
  void figuresBelowZeroAreRefused() {
    assertThatThrownBy(() -> new Sample(START, Map.of(1L, -1L))).hasMessageContaining("-1");
  }

  @Property(tries = 300)
  void timesAddUpInAnyOrderOfSamplesAndMoreBytesCostMore(
      @ForAll Random random,
      @ForAll @IntRange(max = 30) int count,
      @ForAll @IntRange(max = 100) int from,
      @ForAll @IntRange(max = 100) int middle,
      @ForAll @IntRange(max = 100) int to) {
    List<Sample> samples = new ArrayList<>();
    List<Sample> more = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Instant at = hour(random.nextInt(100) + i / 1000.0);
      long bytes = random.nextInt(1_000_000);
      samples.add(new Sample(at, Map.of(7L, bytes)));
      more.add(new Sample(at, Map.of(7L, bytes + 10)));
    }
    Ledger ledger = new Ledger(samples);
    List<Sample> shuffled = new ArrayList<>(samples);
    Collections.shuffle(shuffled, random);
    List<Integer> times = new ArrayList<>(List.of(from, middle, to));
    Collections.sort(times);
    Instant a = hour(times.get(0));
    Instant b = hour(times.get(1));
    Instant c = hour(times.get(2));

    double whole = of(ledger, a, c);

    assertThat(of(ledger, a, b) + of(ledger, b, c)).isCloseTo(whole, near(whole));
    assertThat(of(new Ledger(shuffled), a, c)).isCloseTo(whole, near(whole));
    assertThat(of(new Ledger(more), a, c)).isGreaterThanOrEqualTo(whole);
    assertThat(whole).isBetween(0.0, 1_000_000.0 * 100);
  }

  private static double of(Ledger ledger, Instant from, Instant to) {
    return ledger.byteHours(from, to).getOrDefault(7L, 0.0);
  }

  private static Offset<Double> near(double figure) {
    return within(1e-6 + Math.abs(figure) * 1e-9);
  }
}
