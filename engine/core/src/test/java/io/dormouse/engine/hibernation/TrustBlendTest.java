package io.dormouse.engine.hibernation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TrustBlendTest {
  private static final double ROUNDING = 1 + 1e-9;

  @Property(tries = 3_000)
  void keepsItsBoundWhateverTheForecastSays(@ForAll long seed) {
    Random random = new Random(seed);
    RandomTables tables = new RandomTables(random);
    boolean additive = random.nextBoolean();
    LevelTable table = additive ? tables.additive() : tables.general();
    double lambda = 0.05 + 0.95 * random.nextDouble();
    double k = random.nextBoolean() ? 1 : 1 + random.nextDouble();
    TrustBlend blend = new TrustBlend(LowerEnvelope.of(table), lambda, k);

    Descent followed = follow(random, table, blend);

    assertThat(followed.worstRatio()).isLessThanOrEqualTo(blend.bound() * ROUNDING);
    if (additive) {
      assertThat(blend.bound()).isCloseTo(1 + Math.max(k, 1 / lambda), within(1e-6));
    }
  }

  /** An adversary's forecast: any level wanted at any age, most of all where the limits change. */
  private static Descent follow(Random random, LevelTable table, TrustBlend blend) {
    Descent envelope = blend.envelope().descent();
    double slowest = Math.max(blend.k(), 1 / blend.lambda());
    TreeSet<Double> ages = new TreeSet<>();
    for (int i = 0; i < envelope.size(); i++) {
      double early = envelope.ageSeconds(i) * blend.lambda();
      double late = envelope.ageSeconds(i) * slowest;
      // The next double up makes sure that rounding does not hide the step.
      ages.add(Math.nextUp(Math.nextUp(early)));
      ages.add(Math.nextUp(Math.nextUp(late)));
      ages.add(early + random.nextDouble() * (late - early));
    }
    int[] levels = new int[table.size()];
    double[] entered = new double[table.size()];
    int steps = 1;
    for (double age : ages) {
      int wanted = envelope.level(random.nextInt(envelope.size()));
      int level = Math.max(levels[steps - 1], blend.blend(age, wanted));
      if (level > levels[steps - 1]) {
        levels[steps] = level;
        entered[steps++] = age;
      }
    }
    return Descent.of(table, Arrays.copyOf(levels, steps), entered);
  }

  @Test
  void withoutTrustIsTheEnvelope() {
    LevelTable table = new RandomTables(new Random(7)).additive();
    LowerEnvelope envelope = LowerEnvelope.of(table);
    TrustBlend blend = new TrustBlend(envelope, 1, 1);

    for (double age = 1e-3; age < 1e9; age *= 1.1) {
      assertThat(blend.blend(age, 0)).isEqualTo(envelope.descent().levelAt(age));
      assertThat(blend.blend(age, table.size() - 1)).isEqualTo(envelope.descent().levelAt(age));
    }
    assertThat(blend.bound()).isCloseTo(2, within(1e-9));
  }

  @Test
  void refusesWhatIsNoTrust() {
    LowerEnvelope envelope = LowerEnvelope.of(new RandomTables(new Random(7)).additive());

    assertThatThrownBy(() -> new TrustBlend(envelope, 0, 1)).hasMessageContaining("lambda (0.0)");
    assertThatThrownBy(() -> new TrustBlend(envelope, 1.1, 1)).hasMessageContaining("lambda");
    assertThatThrownBy(() -> new TrustBlend(envelope, 1, 0.9)).hasMessageContaining("k (0.9)");
  }
}
