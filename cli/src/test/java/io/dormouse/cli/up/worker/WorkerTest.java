package io.dormouse.cli.up.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerTest {
  private static final int ROWS = 2000;

  @TempDir Path folder;

  @Test
  void saysReadyThenRunsTasksAndProvesItsState() throws IOException {
    List<String> said = talk("TASK t1 a\nTASK t2 b\nPROVE n7\n");

    String checksum = word(said.get(0), 1);
    assertThat(said.get(0)).matches("READY [0-9a-f]{16} 0");
    assertThat(said.get(1)).matches("DONE t1 1 [0-9a-f]{16}");
    assertThat(said.get(2)).matches("DONE t2 2 [0-9a-f]{16}");
    assertThat(said.get(3))
        .isEqualTo("PROOF n7 2 %s 2 %s".formatted(checksum, crc("1 t1\n2 t2\n")));
    assertThat(folder.resolve("journal")).hasContent("1 t1\n2 t2\n");
  }

  @Test
  void answersARepeatedTaskWithoutRunningIt() throws IOException {
    List<String> said = talk("TASK t1 a\nTASK t2 b\nTASK t1 a\n");

    String result = word(said.get(1), 3);
    assertThat(said.get(3)).isEqualTo("DONE t1 2 " + result + " duplicate");
    assertThat(folder.resolve("journal")).hasContent("1 t1\n2 t2\n");
  }

  @Test
  void theSameArgumentGivesTheSameResultAndOthersOthers() throws IOException {
    List<String> said = talk("TASK t1 a\nTASK t2 a\nTASK t3 b\n");

    String first = word(said.get(1), 3);
    assertThat(said.get(2)).endsWith(first);
    assertThat(said.get(3)).doesNotContain(first);
  }

  @Test
  void goesOnAfterMalformedLines() throws IOException {
    String tooLong = "x".repeat(Lines.BYTES_MAX + 1);
    List<String> said =
        talk(
            "\nTASK\nTASK a b c\nTASK t/../\u00e9 a\nPROVE\nHELLO a\n" + tooLong + "\nTASK t1 a\n");

    assertThat(said.subList(1, 8)).allMatch(line -> line.startsWith("ERROR "));
    assertThat(said.get(8)).startsWith("DONE t1 1 ");
    assertThat(said).hasSize(9);
  }

  @Test
  void dataFollowsTheName() {
    assertThat(DataSet.build("a", ROWS).checksum()).isEqualTo(DataSet.build("a", ROWS).checksum());
    assertThat(DataSet.build("a", ROWS).checksum())
        .isNotEqualTo(DataSet.build("b", ROWS).checksum());
  }

  private List<String> talk(String input) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Worker.serve(
        "some-class",
        ROWS,
        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
        new PrintStream(out, true, StandardCharsets.US_ASCII),
        folder.resolve("journal"));
    assertThat(Files.exists(folder.resolve("journal"))).isTrue();
    return out.toString(StandardCharsets.US_ASCII).lines().toList();
  }

  private static String word(String line, int index) {
    return line.split(" ", -1)[index];
  }

  private static String crc(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.US_ASCII));
    return "%08x".formatted(crc.getValue());
  }
}
