package io.dormouse.cli.up.arrivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceFilesTest {
  private static final String JOINED = "fn,app,owner,trigger,mem_avg_mb,total,minute_counts\n";
  private static final String DAY = "fn,weight,total,minute_counts\n";

  @TempDir Path folder;

  @Test
  void readsTheJoinedFormat() throws IOException {
    Trace trace = TraceFiles.read(write("x", JOINED + "f1,a,o,Timer,60.5,5,481:2 541:3\n"));

    assertThat(trace.functions()).hasSize(1);
    FunctionTrace function = trace.functions().get(0);
    assertThat(function.name()).isEqualTo("f1");
    assertThat(function.trigger()).isEqualTo("timer");
    assertThat(function.callsByMinute()).containsEntry(481, 2).containsEntry(541, 3).hasSize(2);
    assertThat(trace.firstMinute()).isEqualTo(481);
    assertThat(trace.lastMinute()).isEqualTo(541);
  }

  @Test
  void readsTheDayFormatWithCarriageReturns() throws IOException {
    Trace trace = TraceFiles.read(write("x", DAY.replace("\n", "\r\n") + "s0,7,1,1236:1\r\n"));

    assertThat(trace.functions().get(0).trigger()).isEqualTo("unknown");
    assertThat(trace.functions().get(0).callsByMinute()).containsEntry(1236, 1);
  }

  @Test
  void knowsGzipByItsContentAndAFolderByItsFiles() throws IOException {
    Files.writeString(folder.resolve("README.md"), "# about\n");
    Files.createFile(folder.resolve("empty.csv"));
    Files.write(folder.resolve("plainly.named"), gzip(DAY + "s0,7,1,1236:1\n"));

    Trace trace = TraceFiles.read(folder);

    assertThat(trace.source()).endsWith("plainly.named");
    assertThat(trace.functions()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "s0,7,1            | :2: | has 3 columns but the header 4",
        "s0,7,1,5:1,9      | :2: | has 5 columns but the header 4",
        "s0,7,1,5:-1       | :2: | count (-1) must be between 1",
        "s0,7,1,-5:1       | :2: | minute (-5) must be between 0",
        "s0,7,1,5:0        | :2: | count (0)",
        "s0,7,1,99999:1    | :2: | minute (99999)",
        "s0,7,1,5:99999999 | :2: | count (99999999)",
        "s0,7,2,5:1        | :2: | total (2) must be the sum of minute_counts (1)",
        "s0,7,-1,5:1       | :2: | total (-1)",
        "s0,7,1,5:1.5      | :2: | holds \"5:1.5\"",
        "s0,7,2,5:1  6:1   | :2: | holds \"\"",
        "s0,7,2,5:1 5:1    | :2: | minute 5 is there twice",
        "'s0/..,7,1,5:1'   | :2: | function's name (s0/..)",
      })
  void refusesMalformedLinesWithTheirNumber(String line, String where, String cause)
      throws IOException {
    Path file = write("bad.csv", DAY + line.replace("'", "") + "\n");

    assertThatThrownBy(() -> TraceFiles.read(file))
        .isInstanceOf(BadTraceException.class)
        .hasMessageContaining("bad.csv" + where)
        .hasMessageContaining(cause)
        .hasMessageContaining("Maybe ");
  }

  @Test
  void refusesAFunctionThatComesTwice() throws IOException {
    Path file = write("bad.csv", DAY + "s0,7,1,5:1\ns0,7,1,6:1\n");

    assertThatThrownBy(() -> TraceFiles.read(file))
        .isInstanceOf(BadTraceException.class)
        .hasMessageContaining("bad.csv:3: the function s0 was there before");
  }

  @Test
  void refusesTruncatedGzip() throws IOException {
    byte[] whole = gzip(DAY + "s0,7,1,5:1\n".repeat(1) + "s1,7,1,5:1\n");
    Path file = folder.resolve("cut.gz");
    Files.write(file, Arrays.copyOf(whole, whole.length - 9));

    assertThatThrownBy(() -> TraceFiles.read(file))
        .isInstanceOf(BadTraceException.class)
        .hasMessageContaining("the gzip file ends in the middle")
        .hasMessageContaining("gzip -t");
  }

  @Test
  void refusesGzipCutInItsHeaderAndDamagedGzip() throws IOException {
    byte[] whole = gzip(DAY + "s0,7,1,5:1\n");
    Path header = Files.write(folder.resolve("header.gz"), Arrays.copyOf(whole, 5));
    byte[] flipped = whole.clone();
    flipped[flipped.length - 6] ^= 0x55;
    Path damaged = Files.write(folder.resolve("damaged.gz"), flipped);

    assertThatThrownBy(() -> TraceFiles.read(header)).hasMessageContaining("no whole header");
    assertThatThrownBy(() -> TraceFiles.read(damaged)).hasMessageContaining("is damaged");
  }

  @Test
  void refusesEmptyMissingForeignAndHeaderOnlyFiles() throws IOException {
    Path empty = write("empty", "");
    Path foreign = write("foreign", "HashOwner,HashApp,HashFunction\n");
    Path header = write("header", DAY);

    assertThatThrownBy(() -> TraceFiles.read(empty)).hasMessageContaining("the file is empty");
    assertThatThrownBy(() -> TraceFiles.read(foreign))
        .hasMessageContaining("columns are not those");
    assertThatThrownBy(() -> TraceFiles.read(header)).hasMessageContaining("no function after");
    assertThatThrownBy(() -> TraceFiles.read(folder.resolve("none")))
        .isInstanceOf(BadTraceException.class)
        .hasMessageContaining("no such file");
  }

  @Test
  void refusesAFolderWithoutATrace() throws IOException {
    write("README.md", "# nothing\n");

    assertThatThrownBy(() -> TraceFiles.read(folder))
        .isInstanceOf(BadTraceException.class)
        .hasMessageContaining("no file in this folder is a trace");
  }

  @Test
  void refusesEndlessLines() throws IOException {
    Path file = write("long", DAY + "s".repeat(BoundedLines.LINE_BYTES_MAX + 1));

    assertThatThrownBy(() -> TraceFiles.read(file))
        .hasMessageContaining("long:2: the line is longer");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
