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
 * never a wrong number, never two lives, never none. {@code -Pcampaign} runs a hundred seeds of
 * cuts and kills, and goes on where it was broken off; {@code -Dseed=N} runs one. Needs root, CRIU,
 * runc and HAProxy, which are fetched.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MoveIT {
  /** So many that most of them go ahead. */
  private static final int MEBIBYTES = 96;

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
      String from = cell.site.node();
      String to = MoveCell.other(from);
      long before = cell.client.answered();
      Duration calm = cell.client.takeLongestGap();

      Daemons.Said said = cell.move("--to", to);
      assertThat(said.text()).contains("moved to " + to);
      assertThat(said.exitCode()).isZero();
      assertThat(cell.site.node()).isEqualTo(to);
      cell.awaitSettled();
      assertThat(cell.daemons.log(MoveCell.agent(from))).contains(" ms for a draft");
      assertThat(cell.daemons.log(MoveCell.agent(to))).contains(" lazy=true: restored");

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
  void whatStandsAgainstAMoveIsSaidAndNothingIsTouched() throws Exception {
    String home = cell.site.node();
    assertThat(cell.move("--to", home))
        .isEqualTo(
            new Daemons.Said(
                1,
                """
                The instance (%s) can't be moved now: it is at %s already.
                Maybe this passes: ask again later, or for another node.
                """
                    .formatted(cell.instance(), home)));
    assertThat(cell.move("--to", "n9").exitCode()).isEqualTo(3);

    cell.daemons.kill(MoveCell.agent(MoveCell.other(home)));
    await("its end to be noticed")
        .atMost(MoveCell.PATIENCE)
        .until(() -> cell.move("--dry-run").text().contains("no agent that follows this leader"));
    cell.startAgent(MoveCell.other(home));
    await("the agent")
        .atMost(MoveCell.PATIENCE)
        .until(() -> cell.move("--dry-run").text().contains("would move to"));

    assertThat(cell.site.node()).isEqualTo(home);
    assertRight();
  }

  @Test
  @Order(3)
  void neverTwoLivesNeverNoneWhateverIsCutOrKilled() throws Exception {
    Long one = Long.getLong("seed");
    if (one != null) {
      System.out.println(weather(one));
      return;
    }
    Campaign campaign = Campaign.open("moves");
    int seeds = Integer.getInteger("seeds", 8);
    for (long seed = 1; seed <= seeds; seed++) {
      if (!campaign.has(seed)) {
        campaign.add(weather(seed));
      }
    }
    System.out.println(campaign.table());
    assertThat(campaign.rows()).hasSizeGreaterThanOrEqualTo(seeds);
    assertThat(campaign.rows())
        .filteredOn(row -> row.trouble().equals(Campaign.NO_TROUBLE))
        .as("whose trouble came too late")
        .hasSizeLessThanOrEqualTo(seeds * 3 / 4);
  }

  private Campaign.Row weather(long seed) throws Exception {
    Storm storm = new Storm(cell, seed);
    try {
      Campaign.Row row = storm.run();
      assertRight();
      System.out.println(storm);
      return row;
    } catch (Throwable found) {
      throw new AssertionError(
          "Replay: -Dseed=%d%n%s%n%s".formatted(seed, storm, cell.daemons.lastWords(LAST_LINES)),
          found);
    }
  }

  private void assertRight() {
    assertThat(cell.client.wrong()).as("a wrong answer").isEmpty();
    assertThat(cell.lives.two()).as("two lives at once").isEmpty();
    assertThat(cell.site.terminated()).as("given up").isEmpty();
    assertThat(cell.running()).as("lives").hasSize(1);
  }
}
