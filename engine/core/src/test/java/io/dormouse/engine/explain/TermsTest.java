package io.dormouse.engine.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.model.Money;
import org.junit.jupiter.api.Test;

class TermsTest {
  private static final Terms TERMS =
      Terms.of(
          new Term("saved", new Money(2)),
          new Term("entry", new Money(-1)),
          new Term("wait", new Money(-0.5)),
          new Term("avoided", new Money(1)));

  @Test
  void netIsTheSum() {
    assertThat(TERMS.net().usd()).isEqualTo(1.5);
    assertThat(Terms.of().net()).isEqualTo(Money.ZERO);
  }

  @Test
  void isWorthWhatIsAboveKTimesWhatSpeaksAgainstIt() {
    assertThat(TERMS.isWorth(1.99)).isTrue();
    assertThat(TERMS.isWorth(2)).isFalse();
    assertThat(Terms.of().isWorth(1)).isFalse();
  }
}
