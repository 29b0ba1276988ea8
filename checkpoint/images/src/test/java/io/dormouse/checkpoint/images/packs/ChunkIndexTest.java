package io.dormouse.checkpoint.images.packs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ChunkIndexTest {
  private record Id(long high, long low) {}

  @Property(tries = 50)
  void agreesWithAMap(@ForAll long seed) {
    Random random = new Random(seed);
    ChunkIndex index = new ChunkIndex(2_000);
    Map<Id, Long> oracle = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      // Few enough low halves that slots collide.
      Id id = new Id(random.nextInt(40), random.nextInt(100));
      long place = ChunkIndex.place(random.nextInt(1 << 20), random.nextInt(1 << 20));
      index.add(id.high(), id.low(), place);
      if (oracle.size() < 2_000) {
        oracle.putIfAbsent(id, place);
      }
    }

    assertThat(index.size()).isEqualTo(oracle.size());
    oracle.forEach((id, place) -> assertThat(index.find(id.high(), id.low())).isEqualTo(place));
    assertThat(index.find(41, 0)).isEqualTo(ChunkIndex.NONE);
  }
}
