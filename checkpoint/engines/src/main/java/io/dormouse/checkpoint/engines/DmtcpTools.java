package io.dormouse.checkpoint.engines;

import java.nio.file.Path;

/**
 * The programs of one DMTCP. Images of one version are restored by that version alone.
 *
 * @param directory where {@code dmtcp_launch} and its like lie
 * @param version e.g. {@code 4.2.0}
 */
public record DmtcpTools(Path directory, String version) {
  String launch() {
    return program("dmtcp_launch");
  }

  String restart() {
    return program("dmtcp_restart");
  }

  String command() {
    return program("dmtcp_command");
  }

  private String program(String name) {
    return directory.resolve(name).toString();
  }
}
