package io.dormouse.it.moves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.cli.up.run.Provisioning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A counter that answers through HAProxy all the time is moved between two network namespaces:
 * never a wrong number, never two lives, never none. {@code -Ddormouse.moves.seeds=100} runs more
 * seeds of cuts and kills, {@code -Ddormouse.moves.seed=N} one. Needs root, CRIU, runc and HAProxy,
 * which are fetched.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MoveIT {
  private static final int MEBIBYTES = 32;
  private static final int LAST_LINES = 60;

  private MoveCell cell;

  @BeforeAll
  void start() throws Exception {
    boolean root = "root".equals(System.getProperty("user.name"));
    assumeTrue(root, "capsules and network namespaces need root");
    assumeTrue(
        Files.isExecutable(Path.of("/usr/sbin/ip")) || Files.isExecutable(Path.of("/sbin/ip")),
        "no ip of iproute2 to set up network namespaces with");
    Provisioning host = Provisioning.run(false, root, line -> {});
    assumeTrue(host.report().imagesWork(), () -> String.join("\n", host.missing()));
    cell = MoveCell.start(HaproxyPackage.command(), MEBIBYTES);
  }

  @AfterAll
  void stop() throws Exception {
    if (cell != null) {
      cell.close();
    }
  }

  @Test
  @Order(1)
  void anInstanceThatAnswersAllTheTimeMovesThereAndBack() throws Exception {
    cell.awaitSettled();
    for (int i = 0; i < 2; i++) {
      String to = MoveCell.other(cell.site.node());
      long before = cell.client.answered();
      Duration calm = cell.client.takeLongestGap();

      cell.site.wish(to);
      await("the move to " + to)
          .atMost(MoveCell.PATIENCE)
          .until(() -> cell.site.node().equals(to) && cell.site.isSettled());
      cell.awaitSettled();

      System.out.printf(
          "moved to %s: longest time without an answer %d ms (before: %d ms), %d requests answered meanwhile; %s%n",
          to,
          cell.client.takeLongestGap().toMillis(),
          calm.toMillis(),
          cell.client.answered() - before,
          cell.client.troubles());
      assertRight();
    }
  }

  @Test
  @Order(2)
  void neverTwoLivesNeverNoneWhateverIsCutOrKilled() throws Exception {
    Long one = Long.getLong("dormouse.moves.seed");
    long first = one != null ? one : 1;
    long last = one != null ? one : Long.getLong("dormouse.moves.seeds", 4);
    int moved = 0;
    for (long seed = first; seed <= last; seed++) {
      Storm storm = new Storm(cell, seed);
      try {
        moved += storm.run() ? 1 : 0;
        assertRight();
      } catch (Throwable found) {
        throw new AssertionError(
            "Replay: -Ddormouse.moves.seed=%d%n%s%n%s"
                .formatted(seed, storm, cell.daemons.lastWords(LAST_LINES)),
            found);
      }
      System.out.println(storm);
    }
    System.out.printf("%d of %d moves came to an end%n", moved, last - first + 1);
  }

  private void assertRight() {
    assertThat(cell.client.wrong()).as("a wrong answer").isEmpty();
    assertThat(cell.lives.two()).as("two lives at once").isEmpty();
    assertThat(cell.site.terminated()).as("given up").isEmpty();
    assertThat(cell.running()).as("lives").hasSize(1);
  }
}
