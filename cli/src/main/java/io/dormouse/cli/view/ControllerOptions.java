package io.dormouse.cli.view;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the controller is. */
public final class ControllerOptions {
  @Option(
      names = "--url",
      defaultValue = "http://127.0.0.1:8480",
      description = "Where the controller listens (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private URI url;

  @Option(
      names = "--token-file",
      defaultValue = "${env:DORMOUSE_TOKEN_FILE}",
      description = "File with the bearer token (default: $DORMOUSE_TOKEN_FILE).")
  private Optional<Path> tokenFile = Optional.empty();

  /** Talks to it. */
  public ControllerClient client() {
    return new ControllerClient(url, tokenFile);
  }
}
