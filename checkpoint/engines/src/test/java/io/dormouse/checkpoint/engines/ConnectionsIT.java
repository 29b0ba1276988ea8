package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.engines.DumpOptions.Connections;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of established TCP connections. */
@Timeout(60)
class ConnectionsIT {
  private static Toolchain tools = new Toolchain(Path.of(""), "", Path.of(""), "");

  @TempDir Path directory;
  private Path image = Path.of("");
  private int port;

  @BeforeAll
  static void findTools() {
    tools = TestTools.toolchain();
  }

  @BeforeEach
  void prepare() throws IOException {
    InstanceFiles.createPassable(directory);
    image = Files.createDirectory(directory.resolve("image"));
    port = LineClient.freePort();
  }

  private <T extends Home> T start(T home) throws IOException {
    Survivor.Launch launch = JvmSurvivor.launch(port);
    home.start(launch.argv(), launch.readOnly());
    return home;
  }

  private BareHome bare() throws IOException {
    return start(new BareHome(tools, directory, true));
  }

  private CapsuleHome capsule() throws IOException {
    return start(new CapsuleHome(tools, directory));
  }

  @Test
  void processThatIsKeptRunningKeepsThem() throws IOException {
    try (BareHome home = bare();
        LineClient client = LineClient.connect(port)) {
      assertThat(client.ask("a")).startsWith("a 1 sound");

      DumpReport report = ok(home.engine().dump(home.pid(), image, options(After.KEEP_RUNNING)));

      assertThat(client.ask("b")).startsWith("b 2 sound");
      assertThat(report.statistics())
          .hasValueSatisfying(
              s -> {
                assertThat(s.frozen()).isEqualTo(report.frozen()).isPositive();
                assertThat(s.pagesWritten() * 4096).isEqualTo(report.memoryBytes()).isPositive();
                assertThat(s.pagesScanned()).isGreaterThanOrEqualTo(s.pagesWritten());
              });
    }
  }

  @Test
  void processThatIsThawedAfterItsDumpKeepsThem() throws IOException {
    try (BareHome home = bare();
        LineClient client = LineClient.connect(port)) {
      assertThat(client.ask("a")).startsWith("a 1 sound");
      ok(home.engine().dump(home.pid(), image, options(After.LEAVE_FROZEN)));
      client.say("asked while frozen");
      assertThat(home.engine().dump(home.pid(), image, options(After.STOP)).toString())
          .contains("WrongState");

      ok(home.engine().thaw(home.pid(), Home.LIMIT));

      assertThat(client.hear()).startsWith("asked while frozen 2 sound");
    }
  }

  @Test
  void processThatIsKilledAfterItsDumpTakesThemAlong() throws IOException {
    try (BareHome home = bare();
        LineClient client = LineClient.connect(port)) {
      assertThat(client.ask("a")).startsWith("a 1 sound");
      ok(home.engine().dump(home.pid(), image, options(After.LEAVE_FROZEN)));
      client.say("asked while frozen");
      ok(home.engine().kill(home.pid(), Home.LIMIT));
      assertThat(ProcFs.isAlive(home.pid())).isFalse();

      home.wake(image);

      assertThat(client.hear()).startsWith("asked while frozen 2 sound");
    }
  }

  @Test
  void frozenProcessGoesOnWithThemWhenWhoFrozeItDies() throws Exception {
    String classes = System.getProperty("java.class.path");
    try (BareHome home = bare();
        LineClient client = LineClient.connect(port)) {
      assertThat(client.ask("a")).startsWith("a 1 sound");
      Process holder =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-cp",
                      classes,
                      DumpOnce.class.getName(),
                      tools.criu().toString(),
                      Long.toString(home.pid()),
                      image.toString(),
                      After.LEAVE_FROZEN.name()))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
        assertThat(out.readLine()).startsWith("Ok[");
      }
      client.say("asked while frozen");

      holder.destroyForcibly().waitFor();

      assertThat(client.hear()).startsWith("asked while frozen 2 sound");
    }
  }

  @Test
  void capsuleThatIsThawedAfterItsDumpKeepsThem() throws IOException {
    try (CapsuleHome home = capsule();
        LineClient client = LineClient.connect(port)) {
      assertThat(client.ask("a")).startsWith("a 1 sound");
      ok(home.engine().dump(home.id(), image, options(After.LEAVE_FROZEN)));
      client.say("asked while frozen");
      assertThat(TestTools.found(home.engine(), home.id()).status()).isEqualTo(Status.FROZEN);

      ok(home.engine().thaw(home.id(), Home.LIMIT));

      assertThat(client.hear()).startsWith("asked while frozen 2 sound");
      assertThat(TestTools.found(home.engine(), home.id()).status()).isEqualTo(Status.RUNNING);
    }
  }

  @Test
  void capsuleThatIsKilledAfterItsDumpTakesThemAlong() throws IOException {
    try (CapsuleHome home = capsule();
        LineClient client = LineClient.connect(port)) {
      assertThat(client.ask("a")).startsWith("a 1 sound");
      ok(home.engine().dump(home.id(), image, options(After.LEAVE_FROZEN)));
      client.say("asked while frozen");
      ok(home.engine().kill(home.id(), Home.LIMIT));
      assertThat(TestTools.found(home.engine(), home.id()).exitStatus()).hasValue(137);

      home.wake(image);

      assertThat(client.hear()).startsWith("asked while frozen 2 sound");
    }
  }

  @Test
  void closedOnesAreClosedInTheRestoredProcessAndNewOnesAreServed() throws IOException {
    try (BareHome home = bare();
        LineClient client = LineClient.connect(port)) {
      assertThat(client.ask("a")).startsWith("a 1 sound");
      ok(home.engine().dump(home.pid(), image, options(After.STOP).with(Connections.CLOSE)));
      home.wake(image);
      closedOnesAreNotServed(client);
    }
  }

  @Test
  void capsuleWithClosedOnesServesNewOnes() throws IOException {
    try (CapsuleHome home = capsule();
        LineClient client = LineClient.connect(port)) {
      assertThat(client.ask("a")).startsWith("a 1 sound");
      ok(home.engine().dump(home.id(), image, options(After.STOP).with(Connections.CLOSE)));
      home.wake(image);
      closedOnesAreNotServed(client);
    }
  }

  private void closedOnesAreNotServed(LineClient client) throws IOException {
    assertThatThrownBy(() -> client.ask("b")).isInstanceOf(IOException.class);
    try (LineClient later = LineClient.connect(port)) {
      assertThat(later.ask("c")).startsWith("c 2 sound");
    }
  }

  private static DumpOptions options(After after) {
    return new DumpOptions(after, Home.LIMIT);
  }
}
