package io.dormouse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SortedTableTest {
  private record Row(Integer key, long value) {}

  @Property(tries = 60)
  void behavesLikeASortedMapAfterAnyChanges(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int rounds) {
    Random random = new Random(seed);
    TreeMap<Integer, Row> expected = new TreeMap<>();
    SortedTable<Integer, Row> table = SortedTable.empty(Row::key);
    for (int round = 0; round < rounds; round++) {
      List<Row> upserts = new ArrayList<>();
      List<Integer> removals = new ArrayList<>();
      int changes = random.nextInt(400);
      for (int i = 0; i < changes; i++) {
        int key = random.nextInt(3_000);
        if (random.nextInt(3) == 0) {
          removals.add(key);
        } else {
          upserts.add(new Row(key, random.nextLong()));
        }
      }
      upserts.forEach(row -> expected.put(row.key(), row));
      removals.forEach(expected::remove);
      table = table.with(upserts, removals);
    }
    assertSame(table, expected);
  }

  private static void assertSame(SortedTable<Integer, Row> table, Map<Integer, Row> expected) {
    assertThat(table).containsExactlyElementsOf(expected.values());
    assertThat(table.size()).isEqualTo(expected.size());
    List<Row> rows = new ArrayList<>(expected.values());
    for (int key = -1; key <= 3_000; key++) {
      Row row = expected.get(key);
      int at = table.rowOf(key);
      assertThat(at >= 0).isEqualTo(row != null);
      assertThat(table.find(key).orElse(null)).isEqualTo(row);
      if (at >= 0) {
        assertThat(table.get(at)).isSameAs(rows.get(at));
      }
    }
  }

  @Test
  void isNotChangedByLaterVersions() {
    SortedTable<Integer, Row> before =
        SortedTable.<Integer, Row>empty(Row::key)
            .with(List.of(new Row(1, 1), new Row(2, 2)), List.of());
    SortedTable<Integer, Row> after = before.with(List.of(new Row(1, 9)), List.of(2));

    assertThat(before).containsExactly(new Row(1, 1), new Row(2, 2));
    assertThat(after).containsExactly(new Row(1, 9));
  }

  @Test
  void isEqualHoweverItWasBuilt() {
    SortedTable<Integer, Row> atOnce = SortedTable.empty(Row::key);
    List<Row> rows = new ArrayList<>();
    SortedTable<Integer, Row> oneByOne = SortedTable.empty(Row::key);
    for (int key = 0; key < 2_000; key++) {
      rows.add(new Row(key, key));
      oneByOne = oneByOne.with(new Row(key, key));
    }
    atOnce = atOnce.with(rows, List.of());

    assertThat(oneByOne).isEqualTo(atOnce).hasSameHashCodeAs(atOnce);
    assertThat(oneByOne.with(new Row(5, -1))).isNotEqualTo(atOnce);
    assertThat(oneByOne.with(List.of(), List.of(5))).isNotEqualTo(atOnce);
  }

  @Test
  void doesNotGiveWhatItHasNot() {
    SortedTable<Integer, Row> table = SortedTable.<Integer, Row>empty(Row::key).with(new Row(1, 1));

    assertThatThrownBy(() -> table.get(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> table.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    var iterator = table.iterator();
    iterator.next();
    assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
  }
}
