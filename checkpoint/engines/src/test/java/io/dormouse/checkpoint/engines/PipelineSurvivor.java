package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** A shell counts, sed passes on, another shell looks for gaps and doubles. */
final class PipelineSurvivor implements Survivor {
  private static final String SCRIPT =
      """
      n=0
      while :; do n=$((n+1)); echo $n; sleep 0.005; done |
        sed -u 's/^/line /' |
        while read -r word number; do
          last=$((last+1))
          [ "$word $number" = "line $last" ] || echo "$number instead of $last" >>bad
          echo "$number"
        done >out
      """;
  private long before;

  @Override
  public Launch prepare(Path directory, Home home) {
    return new Launch(List.of("/bin/sh", "-c", SCRIPT), List.of());
  }

  @Override
  public void live(Home home) {
    Awaitility.await().atMost(Home.LIMIT).until(() -> lines(home).size() > 100);
    before = lines(home).size();
  }

  @Override
  public void prove(Home home) {
    Awaitility.await().atMost(Home.LIMIT).until(() -> lines(home).size() > before + 100);
    List<String> lines = lines(home);
    assertThat(lines)
        .isEqualTo(IntStream.rangeClosed(1, lines.size()).mapToObj(Integer::toString).toList());
    assertThat(home.work().resolve("bad")).doesNotExist();
  }

  private static List<String> lines(Home home) {
    try {
      String text = Files.readString(home.work().resolve("out"));
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      // Not there yet.
      return List.of();
    }
  }
}
