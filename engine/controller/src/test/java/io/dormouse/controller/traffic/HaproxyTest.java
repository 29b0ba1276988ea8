package io.dormouse.controller.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.controller.traffic.Haproxy.Directed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HaproxyTest {
  private static final ServerName SERVER = new ServerName("counters", "s1");
  private static final Duration TIMEOUT = Duration.ofMillis(600);

  @TempDir Path folder;

  private UnixDomainSocketAddress path() {
    return UnixDomainSocketAddress.of(folder.resolve("s"));
  }

  private Directed direct(Function<String, String> answers) throws IOException {
    try (PlayedHaproxy played = PlayedHaproxy.at(path(), answers)) {
      Directed directed = direct(new RuntimeAddress.Unix(path()));
      assertThat(played.questions).isNotEmpty();
      return directed;
    }
  }

  private static Directed direct(RuntimeAddress address) {
    return new Haproxy(address, TIMEOUT).direct(SERVER, "10.0.0.3", 8_000);
  }

  private static String failure(Directed directed, Class<? extends HaproxyFailure> kind) {
    assertThat(directed).isInstanceOf(Directed.Failed.class);
    HaproxyFailure failure = ((Directed.Failed) directed).failure();
    assertThat(failure).isInstanceOf(kind);
    assertThat(failure.message()).contains("\nMaybe ");
    return failure.message();
  }

  @Test
  void setsAddressAndUseAndLooksWhetherItIsSo() throws IOException {
    try (PlayedHaproxy played = PlayedHaproxy.at(path(), PlayedHaproxy.keeping("10.0.0.2", 80))) {
      assertThat(direct(new RuntimeAddress.Unix(path()))).isEqualTo(new Directed.Done(true));

      assertThat(played.questions)
          .containsExactly(
              "show servers state counters",
              "set server counters/s1 addr 10.0.0.3 port 8000; set server counters/s1 state ready",
              "show servers state counters");
    }
  }

  @Test
  void asksForNothingWhereItIsSo() throws IOException {
    assertThat(direct(PlayedHaproxy.keeping("10.0.0.3", 8_000)))
        .isEqualTo(new Directed.Done(false));
  }

  @Test
  void putsAServerInMaintenanceBackIntoUse() throws IOException {
    String[] state = {PlayedHaproxy.state("s1", "10.0.0.3", 8_000, 1)};

    Directed directed =
        direct(
            question -> {
              if (question.endsWith("state ready")) {
                state[0] = PlayedHaproxy.state("s1", "10.0.0.3", 8_000, 0);
                return "no need to change the addr, no need to change the port by 'stats socket command'\n\n";
              }
              return state[0];
            });

    assertThat(directed).isEqualTo(new Directed.Done(true));
  }

  @Test
  void speaksTcpToo() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (PlayedHaproxy played = PlayedHaproxy.at(any, PlayedHaproxy.keeping("10.0.0.2", 80))) {
      int port = ((InetSocketAddress) played.address()).getPort();

      assertThat(direct(new RuntimeAddress.Tcp("127.0.0.1", port)))
          .isEqualTo(new Directed.Done(true));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "1\n",
        "2\n# srv_name srv_addr srv_admin_state srv_port\ns1 10.0.0.3 0 8000\n",
        "1\n# srv_name srv_addr srv_admin_state srv_port\ns1 10.0.0.3 0\n",
        "1\n# srv_name srv_addr srv_admin_state srv_port\ns1 10.0.0.3 0 8000 9\n",
        "1\n# srv_name srv_addr srv_admin_state srv_port\ns1 10.0.0.3 zero 8000\n",
        "1\n# srv_name srv_addr srv_admin_state srv_port\ns1 10.0.0.3 0 99999999999\n",
        "1\n# srv_name srv_addr srv_port\ns1 10.0.0.3 8000\n",
        "1\n# srv_name srv_addr srv_admin_state srv_port\ns1 a 0 1\ns1 b 0 2\n",
        "HTTP/1.0 400 Bad request\n\n<html>\n",
        "Unknown command: 'show servers state', but maybe one of the following ones\n"
      })
  void whatIsNoAnswerIsNamed(String answer) throws IOException {
    String message = failure(direct(question -> answer), HaproxyFailure.Malformed.class);

    assertThat(message).contains("makes no sense");
  }

  @Test
  void anAnswerWithoutEndIsGivenUp() throws IOException {
    String endless = "x".repeat(RuntimeSocket.ANSWER_BYTES_MAX + 1);

    assertThat(failure(direct(question -> endless), HaproxyFailure.Malformed.class))
        .hasSizeLessThan(600);
  }

  @Test
  void silenceIsGivenUpInTime() throws IOException {
    long start = System.nanoTime();

    failure(direct(question -> PlayedHaproxy.SILENCE), HaproxyFailure.TimedOut.class);

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(TIMEOUT.dividedBy(4), TIMEOUT.multipliedBy(4));
  }

  @Test
  void whoIsNotThereIsNamed() {
    assertThat(failure(direct(new RuntimeAddress.Unix(path())), HaproxyFailure.Unreachable.class))
        .contains(path().toString())
        .contains("stats socket");
  }

  @Test
  void aHostWithoutAnAddressIsNamed() {
    RuntimeAddress nowhere = new RuntimeAddress.Tcp("no-such-host.invalid", 9_999);

    assertThat(failure(direct(nowhere), HaproxyFailure.Unreachable.class))
        .contains("no-such-host.invalid");
  }

  @Test
  void anUnknownBackendIsNamed() throws IOException {
    assertThat(failure(direct(q -> "Can't find backend.\n\n"), HaproxyFailure.Refused.class))
        .contains("Can't find backend.");
  }

  @Test
  void anUnknownServerIsNamed() throws IOException {
    String other = PlayedHaproxy.state("s2", "10.0.0.2", 80, 0);

    assertThat(failure(direct(question -> other), HaproxyFailure.Refused.class))
        .contains("lists no such server");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "No such server.",
        "Permission denied",
        "Invalid addr '10.0.0.3' by 'stats socket command'",
        "IP changed from '10.0.0.2' to '10.0.0.3' by 'stats socket command'",
        "port changed from '80' to '8000' by 'stats socket command'",
        ""
      })
  void aRefusedChangeIsNamed(String answer) throws IOException {
    String before = PlayedHaproxy.state("s1", "10.0.0.2", 80, 0);

    Directed directed = direct(q -> q.startsWith("show") ? before : answer + "\n\n");

    assertThat(failure(directed, HaproxyFailure.Refused.class)).contains(answer).contains("admin");
  }

  @Test
  void aYesThatIsNotSoIsFound() throws IOException {
    String before = PlayedHaproxy.state("s1", "10.0.0.2", 80, 0);
    String yes = "IP changed from 'a' to 'b', port changed from '80' to '8000' by 'stats'\n\n";

    Directed directed = direct(q -> q.startsWith("show") ? before : yes);

    assertThat(failure(directed, HaproxyFailure.NotTaken.class)).contains("10.0.0.2");
  }
}
