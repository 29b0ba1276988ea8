package io.dormouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.cli.Dormouse;
import io.dormouse.cli.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads when a controller can't start. */
class ControllerCommandIT {
  @TempDir Path folder;

  private String refused(String pluginPort, String restPort, String history) throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "a-token-of-some-length\n");
    Path file =
        Files.writeString(
            folder.resolve("controller.yaml"),
            """
            zookeeper: 127.0.0.1:1
            history: %s
            rest: {port: %s}
            scheduler:
              name: yarn
              settings: {rm.address: '127.0.0.1:1', plugin.listen: '127.0.0.1:%s', pool.token-file: %s}
            """
                .formatted(history, restPort, pluginPort, token));
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said, true);

    assertThat(Dormouse.run(writer, writer, "controller", "--config", file.toString()))
        .isEqualTo(ExitCode.FAILED.code());
    assertThat(said.toString()).contains("Maybe ").doesNotContain("bug").doesNotContain("\tat ");
    return said.toString();
  }

  @Test
  void aPortInUseIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());

      assertThat(refused(port, "0", folder.resolve("h").toString()))
          .contains("plugin's address")
          .contains(port);
      assertThat(refused("0", port, folder.resolve("h").toString()))
          .contains("HTTP interface")
          .contains(port);
    }
  }

  @Test
  void aHistoryThatCantBeUsedIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");

    assertThat(refused("0", "0", file.resolve("history").toString())).contains("The history (");
  }
}
