package io.dormouse.yarn.warmpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dormouse.engine.model.InstanceId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RelayServerTest implements RelayServer.Listener {
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private RelayServer server;

  @BeforeEach
  void start() throws Exception {
    server = new RelayServer(InetAddress.getLoopbackAddress(), "secret", this);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void carries_lines_both_ways() throws Exception {
    try (Socket socket = dial("DORMOUSE i-1 generation secret\nREADY d 0\n")) {
      await().until(() -> heard.equals(List.of("connected i-1", "said READY d 0")));
      server.send(1, "TASK t x");

      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      assertThat(in.readLine()).isEqualTo("TASK t x");
    }
    await().until(() -> heard.contains("gone i-1"));
  }

  @Test
  void cuts_off_who_does_not_know_the_token_or_says_nonsense() throws Exception {
    for (String hello : List.of("DORMOUSE i-1 g wrong\n", "GET / HTTP/1.1\n", "\u0000\n")) {
      try (Socket socket = dial(hello)) {
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
    }
    assertThat(heard).isEmpty();
  }

  @Test
  void cuts_off_who_takes_for_ever_to_say_who_it_is() throws Exception {
    server.close();
    Duration most = Duration.ofSeconds(1);
    server = new RelayServer(InetAddress.getLoopbackAddress(), "secret", this, most);
    try (Socket socket = dial("DORMOUSE i-1 ")) {
      long before = System.nanoTime();
      await()
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                try {
                  socket.getOutputStream().write('x');
                  return false;
                } catch (IOException cut) {
                  return true;
                }
              });
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThan(Duration.ofMillis(500));
    }
    assertThat(heard).isEmpty();
  }

  @Test
  void takes_no_hello_of_any_length() throws Exception {
    try (Socket socket = dial("D".repeat(600))) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void tells_of_an_over_long_line() throws Exception {
    String line = "x".repeat(WorkerLine.LENGTH_MAX + 10);
    try (Socket socket = dial("DORMOUSE i-1 g secret\n" + line)) {
      await().until(() -> heard.contains("said malformed"));
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  private Socket dial(String text) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  @Override
  public void connected(InstanceId instance, long link) {
    heard.add("connected " + instance);
  }

  @Override
  public void said(InstanceId instance, long link, String line) {
    boolean malformed = WorkerLine.parse(line) instanceof WorkerLine.Malformed;
    heard.add("said " + (malformed ? "malformed" : line));
  }

  @Override
  public void gone(InstanceId instance, long link) {
    heard.add("gone " + instance);
  }
}
