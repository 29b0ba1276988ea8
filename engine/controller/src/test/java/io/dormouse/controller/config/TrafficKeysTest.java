package io.dormouse.controller.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.dormouse.controller.machine.Service;
import io.dormouse.controller.traffic.RuntimeAddress;
import io.dormouse.controller.traffic.ServerName;
import io.dormouse.controller.traffic.TrafficSettings;
import io.dormouse.engine.model.InstanceId;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficKeysTest {
  private static final String LEAST =
      """
      zookeeper: 127.0.0.1:2181
      scheduler: {name: yarn}
      """;

  @Test
  void thereIsNoneByDefault() {
    assertThat(ConfigLoader.parse(LEAST).traffic()).isEqualTo(TrafficSettings.NONE);
  }

  @Test
  void readsEveryKey() {
    TrafficSettings traffic =
        ConfigLoader.parse(
                LEAST
                    + """
                    traffic:
                      services:
                        counter: {instance: w-1, port: 8000, haproxy: counters/s1}
                        web.shop: {instance: w-2, port: 8001}
                      haproxy: [/run/haproxy/admin.sock, "proxy-2:9999"]
                      timeout: 1s
                      check: 3s
                    """)
            .traffic();

    assertThat(traffic.services())
        .containsExactly(
            new Service("counter", new InstanceId("w-1"), 8_000),
            new Service("web.shop", new InstanceId("w-2"), 8_001));
    assertThat(traffic.servers())
        .isEqualTo(ImmutableMap.of("counter", new ServerName("counters", "s1")));
    assertThat(traffic.haproxies())
        .containsExactly(
            RuntimeAddress.parse("/run/haproxy/admin.sock").orElseThrow(),
            new RuntimeAddress.Tcp("proxy-2", 9_999));
    assertThat(traffic.timeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(traffic.check()).isEqualTo(Duration.ofSeconds(3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {services: {c: {instance: w, prt: 1}}}                       | (traffic.services.c.prt) is unknown | port below
          {services: {c: w-1}}                                         | (traffic.services.c) is unknown     | below the name
          {services: {c: {port: 1}}}                                   | services.c.instance) is missing     | spelled
          {services: {c: {instance: w}}}                               | services.c.port) is missing         | spelled
          {services: {c: {instance: w, port: 65536}}}                  | (65536) of traffic.services.c.port  | port: 8000
          {services: {c: {instance: w, port: 080}}}                    | of traffic.services.c.port          | port: 8000
          {services: {c: {instance: '', port: 1}}}                     | of traffic.services.c.instance      | instance: w-1
          {services: {c: {instance: w, port: 1, haproxy: s1}}}         | (s1) of traffic.services.c.haproxy  | counters/s1
          {services: {c: {instance: w, port: 1, haproxy: 'b/s; x'}}}   | (b/s; x) of traffic.services.c      | counters/s1
          {haproxy: [admin.sock]}                                      | (admin.sock) of traffic.haproxy     | /run/haproxy
          {haproxy: /run/haproxy/admin.sock}                           | of traffic.haproxy must be a list   | [l1, l3]
          {timeout: 0s}                                                | (0s) of traffic.timeout             | unit
          {check: 5}                                                   | (5) of traffic.check                | unit
          {service: {}}                                                | (traffic.service) is unknown        | traffic.services
          """)
  void everyMistakeIsNamedWithALikelyFix(String traffic, String what, String fix) {
    assertThatThrownBy(() -> ConfigLoader.parse(LEAST + "traffic: " + traffic))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(what)
        .hasMessageContaining("Maybe ")
        .hasMessageContaining(fix);
  }
}
