package io.dormouse.cli.up.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class UpReportTest {
  @Test
  void whatSavedMostComesFirstWhateverTheTaskWasWorth() throws IOException {
    String decisions =
        """
        [{"id": "start", "terms": {"task_served": 100, "start_avoided": 0, "wake_wait": -1}},
         {"id": "wake", "terms": {"task_served": 50, "start_avoided": 1, "wake_wait": -0.25}},
         {"id": "dear", "terms": {"task_served": 50, "start_avoided": 1, "wake_wait": -0.75}},
         {"id": "sleep", "terms": {"saved_holding": 0.75, "entry": -0.25}}]
        """;

    assertThat(UpReport.ranked(new ObjectMapper().readTree(decisions)))
        .extracting(decision -> decision.path("id").asText())
        .containsExactly("wake", "sleep", "dear", "start");
  }
}
