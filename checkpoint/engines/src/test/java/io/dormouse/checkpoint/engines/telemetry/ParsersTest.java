package io.dormouse.checkpoint.engines.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.telemetry.Reading.Cause;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParsersTest {
  static final String STALL =
      """
      some avg10=11.25 avg60=36.48 avg300=37.18 total=19544506020
      full avg10=0.50 avg60=0.00 avg300=0.00 total=27925
      """;

  private static final String STAT =
      """
      cpu  4628175 447630 766235 3113009 21949 7 28794 117369 0 0
      cpu0 2276160 219421 372815 1617118 6335 0 10626 58990 0 0
      intr 47088697 0 0
      """;

  private static final String DISKS =
      """
         7       0 loop0 10 0 99 0 0 0 88 0 0 0 0 0 0 0 0 0 0
       254       0 vda 880428 64714 21103002 1723297 1962449 785671 395184160 3486102 0 728812 5543920 957149 297 374198320 238536 486100 95983
       254       1 vda1 880428 64714 21103002 1723297 1962449 785671 395184160 3486102 0 728812 5543920
      """;

  private static final String INTERFACES =
      """
      Inter-|   Receive                                                |  Transmit
       face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
          lo: 5568548855 4254116    0    0    0     0          0         0 5568548855 4254116    0    0    0     0       0          0
        eth0: 1549869640   44270    0    0    0     0          0         0  3217506   30020    0    0    0     0       0          0
        eth1:100 1 0 0 0 0 0 0 50 1 0 0 0 0 0 0
      """;

  private static final List<Function<String, Reading<?>>> ALL =
      List.of(
          Parsers::stall,
          Parsers::diskV1,
          Parsers::diskV2,
          text -> Parsers.disks(text, name -> true),
          Parsers::interfaces,
          Parsers::busy,
          Parsers::memory,
          text -> Fields.named(text, "cpu"),
          Fields::number);

  @Test
  void pressureIsReadInSharesAndTimes() {
    assertThat(Parsers.stall(STALL).value())
        .contains(
            new Stall(
                0.1125,
                Duration.ofNanos(19_544_506_020L * 1_000),
                0.005,
                Duration.ofNanos(27_925_000)));
  }

  @Test
  void olderKernelsHaveNoFullLineForTheProcessor() {
    assertThat(Parsers.stall(STALL.lines().findFirst().orElseThrow()).value())
        .hasValueSatisfying(stall -> assertThat(stall.full()).isZero());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "full avg10=0.00 avg60=0.00 avg300=0.00 total=1",
        "some avg10=0.00 avg60=0.00 avg300=0.00",
        "some avg10=101.00 avg60=0.00 avg300=0.00 total=1",
        "some avg10=-1.00 avg60=0.00 avg300=0.00 total=1",
        "some avg10=1.00 avg60=0.00 avg300=0.00 total=-1",
        "some avg60=1.00 avg10=0.00 avg300=0.00 total=1",
        "some avg10=NaN avg60=0.00 avg300=0.00 total=1",
      })
  void pressureOfAnotherFormIsNone(String text) {
    assertThat(Parsers.stall(text)).isEqualTo(Reading.none(Cause.UNKNOWN_FORM));
  }

  @Test
  void disksOfACgroupAreSummedInEitherVersion() {
    String v2 = "8:0 rbytes=90112 wbytes=4096 rios=10 wios=1 dbytes=0 dios=0\n254:0 rbytes=8\n";
    String v1 =
        "8:0 Read 90112\n8:0 Write 4096\n8:0 Sync 1\n8:0 Total 94208\n254:0 Read 8\nTotal 9\n";

    assertThat(Parsers.diskV2(v2).value()).contains(new Traffic(90_120, 4_096));
    assertThat(Parsers.diskV1(v1).value()).contains(new Traffic(90_120, 4_096));
    assertThat(Parsers.diskV2("").value()).contains(new Traffic(0, 0));
    assertThat(Parsers.diskV1("Total 0\n").value()).contains(new Traffic(0, 0));
    assertThat(Parsers.diskV2("8:0 rbytes=-1").value()).isEmpty();
    assertThat(Parsers.diskV1("8:0 Read x").value()).isEmpty();
  }

  @Test
  void onlyWholeDisksOfANodeCount() {
    Reading<Map<String, Traffic>> disks = Parsers.disks(DISKS, "vda"::equals);

    assertThat(disks.value())
        .contains(Map.of("vda", new Traffic(21_103_002L * 512, 395_184_160L * 512)));
    assertThat(Parsers.disks(DISKS, name -> false)).isEqualTo(Reading.none(Cause.NO_DEVICE));
  }

  @Test
  void loopbackDoesNotCount() {
    assertThat(Parsers.interfaces(INTERFACES).value().map(new DeviceCounters()::add))
        .contains(new Traffic(1_549_869_740L, 3_217_556L));
    assertThat(Parsers.interfaces("eth0: 1 2")).isEqualTo(Reading.none(Cause.UNKNOWN_FORM));
    assertThat(Parsers.interfaces("lo: 1 2")).isEqualTo(Reading.none(Cause.NO_DEVICE));
  }

  @Test
  void coresThatWaitOrIdleAreNotBusy() {
    long ticks = 4_628_175 + 447_630 + 766_235 + 7 + 28_794 + 117_369;

    assertThat(Parsers.busy(STAT).value()).contains(Duration.ofMillis(ticks * 10));
    assertThat(Parsers.busy("cpu0 1 2 3 4").value()).isEmpty();
    assertThat(Parsers.busy("cpu 1 x 3 4").value()).isEmpty();
  }

  @Test
  void memoryNeedsBothFigures() {
    assertThat(Parsers.memory("MemTotal:  24684096 kB\nMemAvailable:   100 kB\n").value())
        .contains(new Memory(24_684_096L * 1024, 102_400));
    assertThat(Parsers.memory("MemTotal: 24684096 kB\n").value()).isEmpty();
  }

  @Test
  void aNameIsFoundAtTheBeginOfALineOnly() {
    String text = "total_inactive_file 1\ninactive_file_x 2\ninactive_file 3\n";

    assertThat(Fields.named(text, "inactive_file").value()).contains(3L);
    assertThat(Fields.named(text, "active").value()).isEmpty();
    assertThat(Fields.named("a", "a").value()).isEmpty();
    assertThat(Fields.named("a \n", "a").value()).isEmpty();
  }

  @Test
  void aNumberBeyondAllIsNoLimit() {
    assertThat(Fields.number("18446744073709551615").value()).contains(Long.MAX_VALUE);
    assertThat(Fields.number("184467440737095516150").value()).isEmpty();
    assertThat(Fields.number("+1").value()).isEmpty();
  }

  @Property(tries = 500)
  void anyTextGivesAnAnswerAndNeverANegativeFigure(@ForAll("texts") String text) {
    for (Function<String, Reading<?>> parser : ALL) {
      assertThat(parser.apply(text)).isNotNull();
    }
    Parsers.interfaces(text)
        .value()
        .ifPresent(all -> all.values().forEach(ParsersTest::requireSane));
    Parsers.disks(text, name -> true)
        .value()
        .ifPresent(all -> all.values().forEach(ParsersTest::requireSane));
    Parsers.diskV1(text).value().ifPresent(ParsersTest::requireSane);
    Parsers.diskV2(text).value().ifPresent(ParsersTest::requireSane);
    Parsers.busy(text)
        .value()
        .ifPresent(busy -> assertThat(busy).isGreaterThanOrEqualTo(Duration.ZERO));
  }

  private static void requireSane(Traffic traffic) {
    assertThat(traffic.inBytes()).isNotNegative();
    assertThat(traffic.outBytes()).isNotNegative();
  }

  /** What the kernel writes with a part of it torn out and something else put in. */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> whole = Arbitraries.of(STALL, STAT, DISKS, INTERFACES, "8:0 Read 1", "");
    Arbitrary<String> noise =
        Arbitraries.strings().withChars("0123456789 \n:=-.9cpusome").ofMaxLength(40);
    return whole.flatMap(
        text ->
            Arbitraries.integers()
                .between(0, text.length())
                .flatMap(
                    from ->
                        Arbitraries.integers()
                            .between(from, text.length())
                            .flatMap(
                                to ->
                                    noise.map(
                                        some ->
                                            text.substring(0, from) + some + text.substring(to)))));
  }
}
