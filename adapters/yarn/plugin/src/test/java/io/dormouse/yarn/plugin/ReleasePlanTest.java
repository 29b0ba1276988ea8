package io.dormouse.yarn.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.yarn.plugin.ReleasePlan.MalformedPlanException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReleasePlanTest {
  private static final String CONTAINER = "container_1700000000000_0001_01_000002";
  private static final String GOOD =
      "dormouse-plan 1\nepoch 3 17\nvalid-millis 5000\nrelease " + CONTAINER + "\nend\n";

  @Test
  void reads_a_plan() throws Exception {
    ReleasePlan plan = ReleasePlan.parse(GOOD);

    assertThat(plan.epoch).isEqualTo(new PlanEpoch(3, 17));
    assertThat(plan.validMillis).isEqualTo(5000);
    assertThat(plan.releases).hasToString("[" + CONTAINER + "]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "<html>hello</html>",
        "dormouse-plan 2\nepoch 1 1\nvalid-millis 1\nend\n",
        "dormouse-plan 1\nvalid-millis 1\nepoch 1 1\nend\n",
        "dormouse-plan 1\nepoch 1\nvalid-millis 1\nend\n",
        "dormouse-plan 1\nepoch -1 1\nvalid-millis 1\nend\n",
        "dormouse-plan 1\nepoch 1 9999999999999999999\nvalid-millis 1\nend\n",
        "dormouse-plan 1\nepoch 1 1\nvalid-millis 3600001\nend\n",
        "dormouse-plan 1\nepoch 1 1\nvalid-millis 1\nrelease everything\nend\n",
        "dormouse-plan 1\nepoch 1 1\nvalid-millis 1\nrelease  container_1_1_1_1\nend\n",
        "dormouse-plan 1\nepoch 1 1\nvalid-millis 1\nend\ntrailing\n"
      })
  void refuses_what_is_not_a_plan(String text) {
    assertThatThrownBy(() -> ReleasePlan.parse(text)).isInstanceOf(MalformedPlanException.class);
  }

  @Property
  void refuses_every_cut_off_plan(@ForAll @IntRange(max = 92) int length) {
    String cut = GOOD.substring(0, Math.min(length, GOOD.length() - 2));

    assertThatThrownBy(() -> ReleasePlan.parse(cut)).isInstanceOf(MalformedPlanException.class);
  }
}
