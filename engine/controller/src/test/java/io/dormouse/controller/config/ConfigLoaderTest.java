package io.dormouse.controller.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.pki.TlsFiles;
import io.dormouse.controller.machine.Mode;
import io.dormouse.engine.EngineConfig;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.pricing.Dial;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
  private static final String LEAST =
      """
      zookeeper: 127.0.0.1:2181
      scheduler: {name: yarn}
      """;

  @Test
  void everythingHasADefaultButWhereThingsAre() {
    ControllerConfig config = ConfigLoader.parse(LEAST);
    assertThat(config.mode()).isEqualTo(Mode.OBSERVE);
    assertThat(config.dial()).isEqualTo(Dial.BALANCED);
    assertThat(config.beat()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.cooldown()).isEqualTo(EngineConfig.DEFAULT.cooldown());
    assertThat(config.levels()).isEqualTo(EngineConfig.DEFAULT.levels());
    assertThat(config.timeScale()).isEqualTo(EngineConfig.DEFAULT.timeScale());
    assertThat(config.rest().portFile()).isEmpty();
    assertThat(config.rest().bind()).isEqualTo("127.0.0.1");
    assertThat(config.rest().maxRequestBytes()).isEqualTo(65_536);
    assertThat(config.history().url()).startsWith("jdbc:h2:file:/");
  }

  @Test
  void readsEveryKey() {
    ControllerConfig config =
        ConfigLoader.parse(
            """
            cell: up
            mode: act
            dial: swift
            levels: [l1]
            time-scale: 60
            beat: 250ms
            lease: 10s
            zookeeper: 127.0.0.1:2181
            zookeeper-session: 4s
            scheduler:
              name: yarn
              settings:
                rm.address: 127.0.0.1:8032
                nested: {key: value}
            agents:
              addresses: {node-1: "127.0.0.1:8471", node-2: "127.0.0.1:8472"}
            tls: {certificate: /run/c, key: /run/k, authority: /run/a}
            history: jdbc:h2:mem:x
            history-rows: 500
            rest:
              bind: 127.0.0.2
              port: 0
              port-file: /run/port
              viewer-token-file: /run/viewer
              operator-token-file: /run/operator
              max-request-size: 1MiB
            scenarios: /etc/scenarios.yaml
            """);
    assertThat(config.cell()).isEqualTo("up");
    assertThat(config.mode()).isEqualTo(Mode.ACT);
    assertThat(config.dial()).isEqualTo(Dial.SWIFT);
    assertThat(config.levels())
        .containsExactly(HibernationLevel.AWAKE, HibernationLevel.L1_RETAINED);
    assertThat(config.rest().portFile()).contains(Path.of("/run/port"));
    assertThat(config.timeScale()).isEqualTo(60);
    assertThat(config.beat()).isEqualTo(Duration.ofMillis(250));
    assertThat(config.lease()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.zookeeper())
        .isEqualTo(new ControllerConfig.ZooKeeper("127.0.0.1:2181", Duration.ofSeconds(4)));
    assertThat(config.scheduler().settings())
        .containsEntry("rm.address", "127.0.0.1:8032")
        .containsEntry("nested.key", "value");
    assertThat(config.agents().addresses())
        .containsEntry(new NodeId("node-2"), new ControllerConfig.Address("127.0.0.1", 8472));
    assertThat(config.agents().tls())
        .contains(new TlsFiles(Path.of("/run/c"), Path.of("/run/k"), Path.of("/run/a")));
    assertThat(config.history()).isEqualTo(new ControllerConfig.History("jdbc:h2:mem:x", 500));
    assertThat(config.rest().maxRequestBytes()).isEqualTo(1 << 20);
    assertThat(config.scenarios()).contains(Path.of("/etc/scenarios.yaml"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mod: act                               | (mod) is unknown            | mode is meant
          rest: {prot: 1}                        | (rest.prot) is unknown      | rest.port is meant
          beat: 250                              | (250) of beat               | unit is missing
          beat: 5s                               | lease                       | shorter beat
          lease: 1h                              | The lease (PT1H) must       | unit is wrong
          zookeeper-session: 1000h               | zookeeper-session (PT1000H) | unit is wrong
          zookeeper-session: 10ms                | zookeeper-session (PT0.01S) | unit is wrong
          beat: 0s                               | (0s) of beat                | unit is missing
          cell: a/b                              | (a/b) of cell               | slash
          mode: active                           | (active) of mode            | act is meant
          mode: [act]                            | of mode must be a single    | indented
          mode: ''                               | () of mode                  | not needed
          dial: balance                          | (balance) of dial           | balanced is meant
          levels: [l5]                           | (l5) of levels              | l1, l2, l3, l4, terminated
          levels: [l1, terminate]                | (terminate) of levels       | terminated is meant
          levels: l1                             | of levels must be a list    | [l1, l3]
          time-scale: -1                         | (-1) of time-scale          | default (1)
          rest: {port: 70000}                    | (70000) of rest.port        | default (8480)
          rest: {max-request-size: 1GiB}         | (1GiB) of rest.max-request  | unit
          history: 'jdbc:h2:mem:x;PASSWORD=y'    | must not hold a password    | embedded
          history: 'x;y'                         | (x;y) of history            | jdbc:
          agents: {addresses: {'a b': 'c:1'}}    | (a b) of agents.addresses   | wrong way round
          rest: 8480                             | section (rest.)             | indentation
          rest: {bind: 0.0.0.0}                  | rest.viewer-token-file      | 127.0.0.1
          agents: {addresses: {n: nowhere}}      | agents.addresses.n          | 127.0.0.1:8471
          agents: {addresses: {n: '127.0.0.1:1'}}| (tls.certificate) is missing| pki issue
          tls: {certificate: c, key: k}          | (tls.authority) is missing  | pki issue
          tls: {certificat: c}                   | (tls.certificat) is unknown | tls.certificate
          history-rows: many                     | (many) of history-rows      | default (100000)
          beat: {x: 1}                           | of beat                     | indented
          """)
  void everyMistakeIsNamedWithALikelyFix(String line, String what, String fix) {
    assertThatThrownBy(() -> ConfigLoader.parse(LEAST + line))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(what)
        .hasMessageContaining("Maybe ")
        .hasMessageContaining(fix);
  }

  @Test
  void missingAndMalformedFilesAreExplained() {
    assertThatThrownBy(() -> ConfigLoader.parse("scheduler: {name: yarn}"))
        .hasMessageContaining("(zookeeper) is missing");
    assertThatThrownBy(() -> ConfigLoader.parse("zookeeper: [1"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("not YAML");
    assertThatThrownBy(() -> ConfigLoader.parse(LEAST + "beat: 1s\nbeat: 2s"))
        .isInstanceOf(ConfigException.class);
  }

  @ParameterizedTest
  @CsvSource({"500ms,500", "1.5s,1500", "2m,120000", "1h,3600000", "7d,604800000"})
  void durationsHaveUnits(String text, long millis) {
    assertThat(Quantities.duration(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"1", "s", "1 week", "1.0000000001s", "-1s", "1e3s", "99999999999999d"})
  void otherDurationsAreRefused(String text) {
    assertThat(Quantities.duration(text)).isEmpty();
  }
}
