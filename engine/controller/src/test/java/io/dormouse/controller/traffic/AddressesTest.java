package io.dormouse.controller.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  @Test
  void pathsAndPortsAreAddresses() {
    assertThat(RuntimeAddress.parse("/run/haproxy/admin.sock").orElseThrow())
        .isInstanceOf(RuntimeAddress.Unix.class)
        .hasToString("/run/haproxy/admin.sock");
    assertThat(RuntimeAddress.parse("proxy-1:9999"))
        .hasValue(new RuntimeAddress.Tcp("proxy-1", 9_999));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "relative.sock", "host:", ":99", "host:0", "host:65536", "host:x", "/a\0b"})
  void othersAreNone(String text) {
    assertThat(RuntimeAddress.parse(text)).isEmpty();
  }

  @Test
  void serversHaveABackend() {
    assertThat(ServerName.parse("counters/s1")).hasValue(new ServerName("counters", "s1"));
  }

  /** Each would be more than a name to the runtime API. */
  @ParameterizedTest
  @ValueSource(
      strings = {"", "s1", "/s1", "b/", "b/s/t", "b/s; shutdown", "b/s t", "b/s\nhelp", "b/\u00e9"})
  void whatIsMoreThanANameIsRefused(String text) {
    assertThat(ServerName.parse(text)).isEmpty();
  }
}
