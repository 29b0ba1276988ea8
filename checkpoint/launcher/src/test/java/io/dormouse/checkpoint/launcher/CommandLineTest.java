package io.dormouse.checkpoint.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
  @TempDir Path folder;

  @Test
  void readsARun() throws UsageException {
    assertThat(
            parse(
                "run --agent /s --instance i --container c --memory 42 --env A=1 --env B=x=y"
                    + " -- /bin/echo --agent -- z"))
        .isEqualTo(
            new Command.Run(
                Path.of("/s"),
                "i",
                "c",
                42,
                Map.of("A", "1", "B", "x=y"),
                List.of("/bin/echo", "--agent", "--", "z"),
                new Command.Stdio.Inherit()));
  }

  @Test
  void readsAnAttachOverTcp() throws Exception {
    Path token = token();

    assertThat(
            parse(
                "attach --agent /s --instance i --container c --memory 9 --stdio tcp://127.0.0.1:99"
                    + " --token-file "
                    + token))
        .isEqualTo(
            new Command.Attach(
                Path.of("/s"),
                "i",
                "c",
                9,
                new Command.Stdio.Tcp("127.0.0.1", 99, "0123456789abcdef")));
  }

  @Test
  void readsTheSmallOnes() throws UsageException {
    assertThat(parse("identity --agent /s --scheduler yarn --node h:1"))
        .isEqualTo(new Command.Identity(Path.of("/s"), "yarn", "h:1"));
    assertThat(parse("list --agent /s")).isEqualTo(new Command.Show(Path.of("/s")));
    assertThat(parse("end --agent /s --instance i")).isEqualTo(new Command.End(Path.of("/s"), "i"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dance|no command 'dance'",
        "list|--agent is missing",
        "list --agent|needs a value",
        "list --agent /s --agent /t|given 2 times",
        "list --agent /s --instance i|no option --instance",
        "list --agent /s -- x|nothing after '--'",
        "run --agent /s --instance i --container c|program is missing",
        "run --agent /s --instance i --container c /bin/true|is no option",
        "run --agent /s --instance i --container c --memory 1g -- x|--memory (1g)",
        "run --agent /s --instance i --container c --memory -1 -- x|--memory (-1)",
        "run --agent /s --instance i --container c --env =v -- x|NAME=VALUE",
        "run --agent /s --instance i --container c --stdio udp://h:1 -- x|--stdio (udp://h:1)",
        "run --agent /s --instance i --container c --stdio tcp://h:1 -- x|--token-file is missing",
        "run --agent /s --instance i --container c --stdio tcp://h:0 --token-file /n -- x|port (0)"
      })
  void saysWhatIsWrong(String line, String message) {
    assertThatThrownBy(() -> parse(line))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(message);
  }

  @Test
  void anInstancesOwnCodeIsNeverTakenForTheLaunchers() {
    for (int code = 0; code < 256; code++) {
      int told = ExitCodes.ofInstance(code);
      assertThat(told).isEqualTo(code >= 80 && code <= 83 ? ExitCodes.FAILED : code);
    }
  }

  private Path token() throws IOException {
    Path token = folder.resolve("token");
    Files.writeString(token, "0123456789abcdef");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    return token;
  }

  private static Command parse(String line) throws UsageException {
    return CommandLine.parse(List.of(line.split(" ", -1)));
  }
}
