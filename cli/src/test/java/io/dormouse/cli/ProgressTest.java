package io.dormouse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dormouse.cli.Progress.Look;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final Duration SOON = Duration.ofMillis(1);
  private static final Duration NEVER = Duration.ofDays(1);
  private static final String CLEAR = "\r\u001b[2K";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final AtomicInteger drawn = new AtomicInteger();

  private Console console(boolean json) {
    return new Console(new PrintWriter(out, true), new PrintWriter(err, true), json);
  }

  private String line() {
    return "step " + drawn.incrementAndGet();
  }

  private String untilDrawn(int times) {
    await().until(() -> drawn.get() >= times);
    return "done";
  }

  @Test
  void aTerminalShowsOneLineThatIsGoneInTheEnd() {
    Look look = new Look(true, SOON, SOON);

    assertThat(Progress.during(console(false), look, this::line, () -> untilDrawn(2)))
        .isEqualTo("done");

    assertThat(err.toString())
        .startsWith(CLEAR + "step 1" + CLEAR + "step 2")
        .endsWith(CLEAR)
        .doesNotContain("\n");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void elsewhereThereArePlainLines() {
    Progress.during(console(false), new Look(false, SOON, SOON), this::line, () -> untilDrawn(2));

    assertThat(err.toString().lines())
        .startsWith("step 1", "step 2")
        .noneMatch(l -> l.contains("\r"));
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void whatIsQuickSaysNothing() {
    assertThat(Progress.during(console(false), new Look(true, NEVER, SOON), this::line, () -> 7))
        .isEqualTo(7);

    assertThat(err.toString()).isEmpty();
  }

  @Test
  void nothingIsShownBesideJson() throws InterruptedException {
    Look look = new Look(false, Duration.ZERO, SOON);
    AtomicInteger others = new AtomicInteger();

    Progress.during(
        console(true),
        look,
        this::line,
        () ->
            Progress.during(
                console(false),
                look,
                () -> "other " + others.incrementAndGet(),
                () -> {
                  await().until(() -> others.get() >= 20);
                  return "done";
                }));

    assertThat(drawn).hasValue(0);
    assertThat(err.toString()).contains("other 20").doesNotContain("step");
  }

  @Test
  void aFailureEndsItToo() {
    assertThatThrownBy(
            () ->
                Progress.during(
                    console(false),
                    new Look(true, SOON, SOON),
                    this::line,
                    () -> {
                      throw new CommandFailure(ExitCode.FAILED, untilDrawn(1));
                    }))
        .isInstanceOf(CommandFailure.class);

    assertThat(err.toString()).endsWith(CLEAR);
  }
}
