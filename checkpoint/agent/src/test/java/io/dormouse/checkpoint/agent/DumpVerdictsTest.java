package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.EngineFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpVerdictsTest {
  private static final EngineFailure TOOL =
      new EngineFailure.ToolFailed("criu dump", 1, "can't dump this");

  @TempDir Path folder;
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");
  private DumpVerdicts verdicts;

  @BeforeEach
  void setUp() {
    verdicts = open("host");
  }

  private DumpVerdicts open(String host) {
    return new DumpVerdicts(folder.resolve("verdicts.json"), host, () -> now);
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void aFailureSpeaksAgainstItsKindOnly() {
    verdicts.failed("a", TOOL);

    assertThat(verdicts.against("a").orElseThrow())
        .contains("can't dump this", "2026-01-02T03:04:05Z", "2026-01-02T03:09:05Z");
    assertThat(verdicts.against("b")).isEmpty();
    assertThat(verdicts.against(null)).isEmpty();
    assertThat(verdicts.isOpen("a")).isFalse();
    assertThat(verdicts.isOpen("b")).isTrue();
  }

  @Test
  void itHoldsForAWhileAndLongerEachTime() {
    verdicts.failed("a", TOOL);
    pass(DumpVerdicts.FIRST.minusMillis(1));
    assertThat(verdicts.against("a")).isPresent();
    assertThat(verdicts.isOpen("a")).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(verdicts.against("a")).isEmpty();
    assertThat(verdicts.isOpen("a")).isTrue();

    verdicts.failed("a", TOOL);
    pass(DumpVerdicts.FIRST.multipliedBy(2).minusMillis(1));
    assertThat(verdicts.against("a")).isPresent();
    pass(Duration.ofMillis(1));
    assertThat(verdicts.against("a")).isEmpty();

    for (int i = 0; i < 100; i++) {
      verdicts.failed("a", TOOL);
    }
    pass(DumpVerdicts.LONGEST);
    assertThat(verdicts.against("a")).isEmpty();
  }

  @Test
  void oneSuccessTurnsIt() {
    verdicts.failed("a", TOOL);
    verdicts.failed("a", TOOL);

    verdicts.worked("a");

    assertThat(verdicts.against("a")).isEmpty();
    verdicts.failed("a", TOOL);
    pass(DumpVerdicts.FIRST);
    assertThat(verdicts.against("a")).as("it begins anew").isEmpty();
  }

  @Test
  void whatIsNotOfTheProgramTeachesNothing() {
    verdicts.failed("a", new EngineFailure.DiskFull("the image"));
    verdicts.failed("a", new EngineFailure.TimedOut("criu", Duration.ofSeconds(1), ""));
    verdicts.failed("a", new EngineFailure.ProcessGone("a"));
    verdicts.failed("a", new EngineFailure.Unknown("/proc", "too many open files"));
    verdicts.failed("a", new EngineFailure.ToolFailed("criu dump", 137, "killed"));

    assertThat(verdicts.isOpen("a")).isTrue();

    verdicts.failed("a", new EngineFailure.Unsupported("Dumping it", "don't."));
    assertThat(verdicts.against("a")).isPresent();
  }

  @Test
  void itIsKnownAfterARestartAndNotOnAnotherHost() {
    verdicts.failed("a", TOOL);
    verdicts.worked("b");

    assertThat(open("host").against("a")).isEqualTo(verdicts.against("a"));
    assertThat(open("host").isOpen("b")).isFalse();
    assertThat(open("other").isOpen("a")).isTrue();
    assertThat(open("other").against("a")).isEmpty();
  }

  @Test
  void aFileThatMakesNoSenseIsNoObstacle() throws IOException {
    Files.writeString(folder.resolve("verdicts.json"), "{\"a\": {\"failures\": ");

    DumpVerdicts opened = open("host");

    assertThat(opened.isOpen("a")).isTrue();
    opened.worked("a");
    assertThat(open("host").isOpen("a")).isFalse();
  }

  @Test
  void onlySoManyKindsAreRemembered() {
    for (int i = 0; i <= DumpVerdicts.KINDS_MAX; i++) {
      verdicts.worked("kind-" + i);
    }

    assertThat(verdicts.isOpen("kind-0")).isTrue();
    assertThat(verdicts.isOpen("kind-1")).isFalse();
    assertThat(open("host").isOpen("kind-" + DumpVerdicts.KINDS_MAX)).isFalse();
  }
}
