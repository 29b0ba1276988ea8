package io.dormouse.checkpoint.images.upkeep;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Which images of a lineage go by themselves. Never its last one, whatever its age: an instance may
 * be hibernated in it. The last by date and the last that no other image came from both count as
 * that, and what is younger than {@value #YOUNG_MINUTES} minutes stays. All dates of a lineage must
 * be of one clock, such as its store's: by those of nodes, which may disagree, another image than
 * the last one could seem so.
 *
 * @param ageMax older ones go; empty = none for its age
 * @param generationsMax how many of a lineage are kept; empty = all
 */
public record Retention(Optional<Duration> ageMax, OptionalInt generationsMax) {
  /** Everything stays. */
  public static final Retention FOREVER = new Retention(Optional.empty(), OptionalInt.empty());

  private static final int YOUNG_MINUTES = 10;
  private static final Duration YOUNG = Duration.ofMinutes(YOUNG_MINUTES);

  /** Checks the limits. */
  public Retention {
    if (ageMax.isPresent() && ageMax.get().compareTo(YOUNG) < 0) {
      throw new IllegalArgumentException(
          "The age (%s) that images are kept for must be at least %s.%nMaybe the unit is wrong: 30d is thirty days."
              .formatted(ageMax.get(), YOUNG));
    }
    if (generationsMax.isPresent() && generationsMax.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "The number (%d) of generations that are kept must be positive.%nMaybe leave it out: then all are."
              .formatted(generationsMax.getAsInt()));
    }
  }

  /**
   * An image of one lineage.
   *
   * @param id of the generation that it is
   * @param parent the generation that its life was woken from
   * @param held whether somebody said to keep it
   */
  public record Generation(UUID id, Optional<UUID> parent, Instant createdAt, boolean held) {}

  /** Whether anything goes by itself at all. */
  public boolean isForever() {
    return ageMax.isEmpty() && generationsMax.isEmpty();
  }

  /** Those of one lineage that are to go, the oldest first. */
  public List<UUID> expired(List<Generation> lineage, Instant now) {
    List<Generation> newestFirst = new ArrayList<>(lineage);
    newestFirst.sort(
        Comparator.comparing(Generation::createdAt).reversed().thenComparing(Generation::id));
    Set<UUID> last = last(newestFirst);
    List<UUID> expired = new ArrayList<>();
    for (int i = newestFirst.size() - 1; i >= 0; i--) {
      Generation image = newestFirst.get(i);
      Duration age = Duration.between(image.createdAt(), now);
      boolean due =
          ageMax.filter(most -> age.compareTo(most) > 0).isPresent()
              || (generationsMax.isPresent() && i >= generationsMax.getAsInt());
      if (due && age.compareTo(YOUNG) > 0 && !image.held() && !last.contains(image.id())) {
        expired.add(image.id());
      }
    }
    return expired;
  }

  private static Set<UUID> last(List<Generation> newestFirst) {
    Set<UUID> parents =
        newestFirst.stream().flatMap(image -> image.parent().stream()).collect(Collectors.toSet());
    Set<UUID> last = new HashSet<>();
    newestFirst.stream().findFirst().ifPresent(image -> last.add(image.id()));
    newestFirst.stream()
        .filter(image -> !parents.contains(image.id()))
        .findFirst()
        .ifPresent(leaf -> last.add(leaf.id()));
    return last;
  }
}
