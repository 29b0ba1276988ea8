package io.dormouse.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.agent.AgentConfig;
import io.dormouse.checkpoint.agent.EngineChoice;
import io.dormouse.checkpoint.images.StoreLocation;
import io.dormouse.checkpoint.images.upkeep.Retention;
import io.dormouse.checkpoint.images.upkeep.StoreRules;
import io.dormouse.checkpoint.pki.TlsFiles;
import io.dormouse.cli.CliRunner;
import io.dormouse.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentConfigFileTest {
  private static final String GOOD =
      """
      node: n1
      state-directory: /var/lib/dormouse
      image-store: file:/var/lib/images
      socket: /run/dormouse.sock
      tls: {certificate: /etc/c.pem, key: /etc/k.pem, authority: /etc/a.pem}
      """;

  @TempDir Path folder;

  @Test
  void helpNamesAllEngines() {
    CliRunner cli = new CliRunner();
    assertThat(cli.run("agent", "--help")).isZero();
    String help = cli.out().replaceAll("\\s+", " ");
    int begin = help.indexOf(" engine (");
    String engines = help.substring(begin, help.indexOf(')', begin));
    assertThat(engines)
        .contains(
            Arrays.stream(EngineChoice.values())
                .map(engine -> engine.name().toLowerCase(Locale.ROOT))
                .toArray(String[]::new));
  }

  @Test
  void readsEveryKey() throws IOException {
    AgentConfig config =
        read(
            GOOD
                + """
                bind: 192.0.2.1
                port: 7001
                port-file: /run/port
                read-only-paths: [/opt/jdk, /opt/app]
                engine: process
                dumps-at-once: 3
                fast-storage: /dev/shm/dormouse
                fast-storage-capacity: 8GiB
                scheduler-uids: [65534]
                trial-dumps: true
                end-instances-on-shutdown: true
                """);

    assertThat(config.node()).isEqualTo("n1");
    assertThat(config.tls())
        .isEqualTo(
            new TlsFiles(Path.of("/etc/c.pem"), Path.of("/etc/k.pem"), Path.of("/etc/a.pem")));
    assertThat(config.listen().bind()).isEqualTo("192.0.2.1");
    assertThat(config.listen().port()).isEqualTo(7001);
    assertThat(config.listen().portFile()).contains(Path.of("/run/port"));
    assertThat(config.readOnlyPaths()).containsExactly(Path.of("/opt/jdk"), Path.of("/opt/app"));
    assertThat(config.engine()).isEqualTo(EngineChoice.PROCESS);
    assertThat(config.dumpsAtOnce()).isEqualTo(3);
    assertThat(config.fastStorage())
        .contains(new AgentConfig.FastStorage(Path.of("/dev/shm/dormouse"), 8L << 30));
    assertThat(config.schedulerUids()).containsExactly(65534L);
    assertThat(config.trialDumps()).isTrue();
    assertThat(config.endInstancesOnShutdown()).isTrue();
  }

  @Test
  void aStoreElsewhereHasItsKeysHere() throws IOException {
    String far = GOOD.replace("file:/var/lib/images", "s3a://bucket/images");
    StoreLocation usual = read(far).imageStore();
    StoreLocation named =
        read(far + "image-keys: /etc/keys\nhadoop-conf: /etc/hadoop\n").imageStore();

    assertThat(read(GOOD).imageStore().keys()).isEqualTo(Path.of("/var/lib/images/keys"));
    assertThat(usual.uri()).hasToString("s3a://bucket/images");
    assertThat(usual.keys()).isEqualTo(Path.of("/var/lib/dormouse/images/keys"));
    assertThat(usual.spool()).isEqualTo(Path.of("/var/lib/dormouse/images/staging"));
    assertThat(named.keys()).isEqualTo(Path.of("/etc/keys"));
    assertThat(named.hadoopConfiguration()).contains(Path.of("/etc/hadoop"));
    assertThat(named.spool()).isEqualTo(usual.spool());
  }

  @Test
  void aStoresAddressIsCheckedAndNoSecretShown() {
    assertThatThrownBy(() -> read(GOOD.replace("file:/var/lib/images", "images")))
        .hasMessageContaining("agent.yaml")
        .hasMessageContaining("Maybe you meant file:/");
    assertThatThrownBy(() -> read(GOOD.replace("file:/var/lib/images", "s3a://key:secret@bucket")))
        .hasMessageContaining("must not hold credentials")
        .hasMessageNotContaining("secret@");
  }

  @Test
  void quotasAndRetentionAreRead() throws IOException {
    StoreRules rules =
        read(GOOD
                + "owner-quota: 10GiB\nowner-quotas: [1000=2GiB]\n"
                + "retention-age: 30d\nretention-generations: 3\n")
            .rules();

    assertThat(rules.quotas().of(1000)).hasValue(2L << 30);
    assertThat(rules.quotas().of(1001)).hasValue(10L << 30);
    assertThat(rules.retention())
        .isEqualTo(new Retention(Optional.of(Duration.ofDays(30)), OptionalInt.of(3)));
    assertThat(read(GOOD).rules()).isEqualTo(StoreRules.NONE);
  }

  @Test
  void theRestHasDefaults() throws IOException {
    AgentConfig config = read(GOOD);

    assertThat(config.engine()).isEqualTo(EngineChoice.AUTO);
    assertThat(config.fastStorage()).isEmpty();
    assertThat(read(GOOD + "fast-storage: /f\n").fastStorage())
        .contains(new AgentConfig.FastStorage(Path.of("/f"), 1L << 30));
    for (String size : List.of("8", "0B")) {
      assertThatThrownBy(() -> read(GOOD + "fast-storage: /f\nfast-storage-capacity: " + size))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("Maybe ");
    }
    assertThat(config.listen().port()).isZero();
    assertThat(config.listen().bind()).isEqualTo("127.0.0.1");
    assertThat(config.endInstancesOnShutdown()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nod: x                | key nod is unknown     | Maybe node was meant",
        "dumps_at_once: 2      | dumps_at_once          | Maybe dumps-at-once was meant",
        "port: '80'            | key port (\"80\") must | Maybe it is quoted",
        "port: 70000           | 70000                  | Maybe ",
        "engine: docker        | engine docker          | Maybe one of [auto, runc, dmtcp, process]",
        "scheduler-uids: [bob] | hold bob               | see id -u",
        "scheduler-uids: 7     | must be a list         | Maybe ",
        "tls.key: /k           | key tls.key is there twice | Maybe remove one",
        "token-file: /t        | key token-file is unknown | Maybe ",
        "nested: {a: 1}        | key nested.a is unknown | Maybe ",
        "owner-quota: 5        | owner-quota (5) is no size | Maybe write it like 500MiB",
        "owner-quota: 0B       | quota (0 bytes)       | Maybe leave it out",
        "owner-quotas: [bob=1GiB] | hold bob=1GiB      | see id -u",
        "owner-quotas: [1=1GiB, 1=2GiB] | uid 1 twice  | Maybe remove one",
        "retention-age: 30     | retention-age (30)    | Maybe write it like 12h or 30d",
        "retention-age: 1m     | PT1M                  | Maybe the unit is wrong",
        "retention-generations: 0 | (0) of generations | Maybe leave it out",
        "retention-generations: three | must be a whole number | Maybe ",
        "dumps-at-once: 0      | dumpsAtOnce (0)        | Maybe ",
        "fast-storage-capacity: 8GiB | no fast-storage | Maybe add a folder",
        "fast-storage: [/a]    | fast-storage           | Maybe ",
        "end-instances-on-shutdown: maybe | true or false | Maybe ",
      })
  void refusesBadKeysAndValues(String line, String cause, String fix) {
    assertThatThrownBy(() -> read(GOOD + line.replace("'80'", "\"80\"") + "\n"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("agent.yaml")
        .hasMessageContaining(cause)
        .hasMessageContaining(fix);
  }

  @Test
  void refusesMissingKeysAndFilesAndWhatIsNoMap() {
    assertThatThrownBy(() -> read("node: n1\n")).hasMessageContaining("is missing");
    assertThatThrownBy(() -> read(GOOD.replace("key: /etc/k.pem, ", "")))
        .hasMessageContaining("the key tls.key is missing");
    assertThatThrownBy(() -> read("just text\n")).hasMessageContaining("not a map");
    assertThatThrownBy(() -> read("a: [1\n")).isInstanceOf(CommandFailure.class);
    CliRunner cli = new CliRunner();
    assertThat(cli.run("agent", "--config", folder.resolve("none").toString())).isEqualTo(2);
    assertThat(cli.err()).contains("can't be read").contains("Maybe ");
    assertThat(cli.run("controller", "--config", folder.resolve("none").toString())).isEqualTo(2);
    assertThat(cli.err()).contains("can't be read").contains("Maybe ");
  }

  private AgentConfig read(String text) throws IOException {
    return AgentConfigFile.read(Files.writeString(folder.resolve("agent.yaml"), text));
  }
}
