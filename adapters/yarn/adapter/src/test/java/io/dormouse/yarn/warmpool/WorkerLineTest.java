package io.dormouse.yarn.warmpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.model.TaskId;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerLineTest {
  @Test
  void reads_what_workers_say() {
    assertThat(WorkerLine.parse("READY 0a1b 0")).isEqualTo(new WorkerLine.Ready("0a1b", 0));
    assertThat(WorkerLine.parse("DONE t/1 7 some result of words"))
        .isEqualTo(new WorkerLine.Done(new TaskId("t/1"), 7, "some result of words"));
    assertThat(WorkerLine.parse("PROOF n1 7 0a1b 7 ff"))
        .isEqualTo(new WorkerLine.Proof("n1", 7, "0a1b", 7, "ff"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "ready a 0",
        "READY a",
        "READY a -1",
        "READY a 0 0",
        "READY a 9999999999999999999",
        "DONE t",
        "DONE t x r",
        "DONE \u0000 1 r",
        "PROOF n 1 d 1",
        "PROOF n 1 d 1 f g"
      })
  void tells_what_is_malformed(String line) {
    assertThat(WorkerLine.parse(line)).isInstanceOf(WorkerLine.Malformed.class);
  }

  @Test
  void refuses_an_over_long_line() {
    assertThat(WorkerLine.parse("DONE t 1 " + "x".repeat(WorkerLine.LENGTH_MAX)))
        .isInstanceOf(WorkerLine.Malformed.class);
  }

  @Property
  void never_throws(@ForAll String line) {
    assertThat(WorkerLine.parse(line)).isNotNull();
  }
}
