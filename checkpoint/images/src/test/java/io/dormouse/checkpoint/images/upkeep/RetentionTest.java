package io.dormouse.checkpoint.images.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.images.upkeep.Retention.Generation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration YOUNG = Duration.ofMinutes(10);

  private static Generation image(int number, Optional<Integer> parent, Duration age) {
    return new Generation(id(number), parent.map(p -> new UUID(1, p)), NOW.minus(age), false);
  }

  private static UUID id(int number) {
    return new UUID(1, number);
  }

  @Test
  void theOldestGoFirstAndTheLastStays() {
    List<Generation> lineage =
        List.of(
            image(3, Optional.of(2), Duration.ofDays(40)),
            image(1, Optional.empty(), Duration.ofDays(60)),
            image(2, Optional.of(1), Duration.ofDays(50)));

    assertThat(keeping(2).expired(lineage, NOW)).containsExactly(id(1));
    assertThat(keeping(1).expired(lineage, NOW)).containsExactly(id(1), id(2));
    Retention month = new Retention(Optional.of(Duration.ofDays(30)), OptionalInt.empty());
    assertThat(month.expired(lineage, NOW)).containsExactly(id(1), id(2));
    assertThat(Retention.FOREVER.expired(lineage, NOW)).isEmpty();
  }

  @Test
  void aNodeWhoseClockIsBehindDoesNotLoseTheLastImage() {
    List<Generation> lineage =
        List.of(
            image(1, Optional.empty(), Duration.ofHours(1)),
            image(2, Optional.of(1), Duration.ofHours(2)));

    assertThat(keeping(1).expired(lineage, NOW)).isEmpty();
  }

  @Test
  void whatIsKeptByHandOrYoungStays() {
    List<Generation> lineage =
        List.of(
            new Generation(id(1), Optional.empty(), NOW.minus(Duration.ofDays(9)), true),
            image(2, Optional.of(1), Duration.ofMinutes(9)),
            image(3, Optional.of(2), Duration.ofMinutes(8)));

    assertThat(keeping(1).expired(lineage, NOW)).isEmpty();
  }

  private static Retention keeping(int generations) {
    return new Retention(Optional.empty(), OptionalInt.of(generations));
  }

  @Test
  void limitsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> keeping(0)).hasMessageContaining("(0)").hasMessageContaining("Maybe ");
    assertThatThrownBy(() -> new Retention(Optional.of(Duration.ofMinutes(9)), OptionalInt.empty()))
        .hasMessageContaining("PT9M")
        .hasMessageContaining("Maybe ");
    assertThatThrownBy(() -> new Quotas(OptionalLong.of(0), Map.of()))
        .hasMessageContaining("each owner");
    assertThatThrownBy(() -> new Quotas(OptionalLong.empty(), Map.of(7L, -1L)))
        .hasMessageContaining("uid 7");
  }

  @Property(tries = 500)
  void theLastTheHeldAndTheYoungStayAndEnoughGo(
      @ForAll Random random,
      @ForAll @IntRange(max = 12) int count,
      @ForAll @IntRange(min = 1, max = 5) int generations,
      @ForAll @IntRange(min = 1, max = 200) int hours) {
    List<Generation> lineage = lineage(random, count);
    Duration ageMax = Duration.ofHours(hours);
    Retention retention = new Retention(Optional.of(ageMax), OptionalInt.of(generations));

    List<UUID> expired = retention.expired(lineage, NOW);

    List<Generation> newestFirst = new ArrayList<>(lineage);
    newestFirst.sort(Comparator.comparing(Generation::createdAt).reversed());
    for (int i = 0; i < newestFirst.size(); i++) {
      Generation image = newestFirst.get(i);
      Duration age = Duration.between(image.createdAt(), NOW);
      boolean gone = expired.contains(image.id());
      if (gone) {
        assertThat(image.held()).isFalse();
        assertThat(age).isGreaterThan(YOUNG);
        assertThat(i > 0).isTrue();
        assertThat(i >= generations || age.compareTo(ageMax) > 0).isTrue();
      }
    }
    long staying = count - expired.size();
    assertThat(staying >= Math.min(count, 1)).isTrue();
    long excused =
        newestFirst.stream()
            .filter(i -> i.held() || Duration.between(i.createdAt(), NOW).compareTo(YOUNG) <= 0)
            .count();
    // Two may count as last.
    assertThat(staying).isLessThanOrEqualTo(generations + excused + 2);
    assertThat(expired).doesNotHaveDuplicates();
    assertThat(
            retention.expired(
                lineage.stream().filter(i -> !expired.contains(i.id())).toList(), NOW))
        .hasSizeLessThanOrEqualTo(1);
  }

  private static List<Generation> lineage(Random random, int count) {
    List<Generation> lineage = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      Optional<UUID> parent =
          i > 1 && random.nextBoolean()
              ? Optional.of(new UUID(1, 1 + random.nextInt(i - 1)))
              : Optional.empty();
      // No two at one moment, so that their order is known.
      Instant at = NOW.minusSeconds(random.nextInt(300 * 60) * 60L + i);
      lineage.add(new Generation(id(i), parent, at, random.nextInt(5) == 0));
    }
    return lineage;
  }
}
