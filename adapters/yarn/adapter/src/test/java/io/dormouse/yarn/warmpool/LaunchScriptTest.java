package io.dormouse.yarn.warmpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchScriptTest {
  @TempDir Path folder;

  @Test
  void passes_any_argument_through_the_script_that_yarn_makes() throws Exception {
    List<String> odd = List.of("it's", "\"$HOME\" `id`", "\\ a  b", "");
    Path launcher = folder.resolve("launcher");
    Files.writeString(launcher, "for a in \"$@\"; do echo \"[$a]\"; done\n");
    String command =
        LaunchScript.of(
            new LaunchScript.Relay("127.0.0.1", 7, "/token", 5),
            "i-1",
            List.of("/bin/sh", launcher.toString()),
            odd);

    // As a NodeManager does it: between double quotes, with its own variables filled in.
    String script =
        """
        export DORMOUSE_AGENT_SOCKET='/a b' CONTAINER_ID=c1
        exec /bin/bash -c "%s"
        """
            .formatted(command.replace("<LOG_DIR>", folder.toString()));
    Process process =
        new ProcessBuilder("/bin/bash", "-c", script).directory(folder.toFile()).start();

    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(folder.resolve("stderr"), StandardCharsets.UTF_8)).isEmpty();
    assertThat(folder.resolve("stdout"))
        .content()
        .isEqualTo(
            """
            [run]
            [--agent]
            [/a b]
            [--container]
            [c1]
            [--instance]
            [i-1]
            [--stdio]
            [tcp://127.0.0.1:7]
            [--token-file]
            [/token]
            [--memory]
            [5]
            [--]
            [it's]
            ["$HOME" `id`]
            [\\ a  b]
            []
            """);
  }
}
