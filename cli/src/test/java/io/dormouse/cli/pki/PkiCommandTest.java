package io.dormouse.cli.pki;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dormouse.cli.CliRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PkiCommandTest {
  @TempDir Path folder;
  private final CliRunner cli = new CliRunner();
  private Path ca;

  @BeforeEach
  void init() {
    ca = folder.resolve("ca");
    assertThat(pki("init")).isZero();
  }

  @Test
  void initSaysWhereTheAuthorityIsAndMakesOnlyOne() throws IOException {
    assertThat(cli.out()).contains(ca.resolve("ca.pem").toString(), "valid until");
    String key = Files.readString(ca.resolve("ca-key.pem"));

    assertThat(pki("init")).isEqualTo(1);

    assertThat(cli.err()).contains("There is an authority in", "Maybe ");
    assertThat(ca.resolve("ca-key.pem")).hasContent(key);
    assertThat(cli.run("pki", "init", "--ca", folder.resolve("2").toString(), "--json")).isZero();
    assertThat(cli.json().path("authority").asText()).endsWith("ca.pem");
    assertThat(cli.json().path("status").asText()).isEqualTo("valid");
  }

  @Test
  void issuesWhatADaemonIsToldOf() throws IOException {
    assertThat(issue("n1", "--host", "127.0.0.1", "--host", "n1", "--cell", "it", "--json"))
        .isZero();

    JsonNode json = cli.json();
    assertThat(json.path("name").asText()).isEqualTo("dormouse://it/agent/n1");
    assertThat(json.path("cell").asText()).isEqualTo("it");
    assertThat(json.path("role").asText()).isEqualTo("agent");
    assertThat(json.path("node").asText()).isEqualTo("n1");
    assertThat(json.path("hosts")).hasSize(2);
    assertThat(json.path("sha256").asText()).hasSize(64);
    assertThat(Path.of(json.path("key").asText())).exists();
    assertThat(Path.of(json.path("certificate").asText())).exists();
    assertThat(Path.of(json.path("authority").asText()))
        .hasSameTextualContentAs(ca.resolve("ca.pem"));
    JsonNode logged = new ObjectMapper().readTree(Files.readString(ca.resolve("issued.jsonl")));
    assertThat(logged.path("serial")).isEqualTo(json.path("serial"));
    assertThat(logged.path("hosts")).isEqualTo(json.path("hosts"));
    assertThat(issue("n1", "--host", "n1")).isEqualTo(1);
    assertThat(cli.err()).contains("is there already", "Maybe ");
  }

  @Test
  void renewsWhatIsDue() throws IOException {
    assertThat(issue("n1", "--host", "n1", "--valid", "20d")).isZero();
    assertThat(issue("n2", "--host", "n2", "--valid", "60d")).isZero();
    String one = folder.resolve("n1").toString();
    String two = folder.resolve("n2").toString();

    assertThat(pki("renew", "--json", one, two)).isZero();

    JsonNode certificates = cli.json().path("certificates");
    assertThat(certificates.get(0).path("renewed").asBoolean()).isTrue();
    assertThat(certificates.get(1).path("renewed").asBoolean()).isFalse();
    assertThat(pki("renew", one, two)).isEqualTo(3);
    assertThat(cli.out()).contains("not due before its end at");
    assertThat(pki("renew", "--within", "90d", "--new-key", two)).isZero();
    assertThat(cli.out()).contains("renewed: agent n2 of cell default");
    assertThat(Files.readAllLines(ca.resolve("issued.jsonl"))).hasSize(4);
  }

  @Test
  void showsWhoAndUntilWhen() {
    assertThat(issue("n1", "--host", "n1")).isZero();

    assertThat(
            cli.run(
                "pki", "show", folder.resolve("n1").toString(), ca.resolve("ca.pem").toString()))
        .isZero();
    assertThat(cli.out()).contains("agent n1 of cell default", "CN=Authority ", "valid until");
    assertThat(cli.run("pki", "show", "--json", folder.resolve("n1").toString())).isZero();
    assertThat(cli.json().path("certificates").get(0).path("file").asText())
        .endsWith("certificate.pem");
    assertThat(cli.run("pki", "show", folder.resolve("none").toString())).isEqualTo(1);
    assertThat(cli.err()).contains("does not exist", "Maybe ");
  }

  @Test
  void theAuthoritysKeyMustBeItsOwnersAlone() throws IOException {
    Files.setPosixFilePermissions(
        ca.resolve("ca-key.pem"), PosixFilePermissions.fromString("rw-r-----"));

    assertThat(issue("n1", "--host", "n1")).isEqualTo(1);
    assertThat(cli.err()).contains("chmod 600");
  }

  @Test
  void withoutAnAuthorityNothingIsIssued() {
    assertThat(
            cli.run(
                "pki",
                "issue",
                "--ca",
                folder.resolve("none").toString(),
                "--node",
                "x",
                "--role",
                "controller"))
        .isEqualTo(1);
    assertThat(cli.err()).contains("There is no authority in", "Maybe make one");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --role agent --node n1                            | must name a --host      | Maybe --host n1
          --role root --node n1                             | --role                  | Maybe
          --role controller                                 | --node                  | Maybe
          --role controller --node a/b                      | The node (a/b)          | Maybe
          --role controller --node x --cell a/b             | The cell (a/b)          | Maybe
          --role agent --node n1 --host n1:80               | The host (n1:80)        | Maybe
          --role controller --node x --valid 90             | '90' must be            | like 90d
          --role controller --node x --valid 0m             | The validity (PT0S)     | Maybe
          --role controller --node x --valid 826d           | The validity (PT19824H) | to 825 days
          --role controller --node x --valid 9999999d       | must be a whole number  | like 90d
          """)
  void badRequestsAreBadUsage(String words, String what, String fix) {
    List<String> all = new ArrayList<>(List.of("--out", folder.resolve("out").toString()));
    all.addAll(Arrays.asList(words.split(" ", -1)));

    assertThat(pki("issue", all.toArray(String[]::new))).isEqualTo(2);

    assertThat(cli.err()).contains(what, fix);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void aCommandMustBeGiven() {
    assertThat(cli.run("pki")).isEqualTo(2);
    assertThat(cli.err()).contains("init, issue, renew or show");
  }

  private int issue(String node, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("--role", "agent", "--node", node, "--out", folder.resolve(node).toString()));
    words.addAll(List.of(more));
    return pki("issue", words.toArray(String[]::new));
  }

  private int pki(String command, String... more) {
    List<String> words = new ArrayList<>(List.of("pki", command, "--ca", ca.toString()));
    words.addAll(List.of(more));
    return cli.run(words.toArray(String[]::new));
  }
}
