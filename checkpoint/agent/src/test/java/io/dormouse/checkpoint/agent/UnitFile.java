package io.dormouse.checkpoint.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The agent's systemd unit, as it is shipped. */
final class UnitFile {
  static final Path PATH = Path.of("../../dist/src/main/systemd/dormouse-agent.service");
  private static final String KEY = "CapabilityBoundingSet=";

  private UnitFile() {}

  /** As setpriv wants it: none but the unit's. */
  static String boundingSet() throws IOException {
    return Stream.concat(
            Stream.of("-all"),
            Files.readAllLines(PATH).stream()
                .filter(line -> line.startsWith(KEY))
                .flatMap(line -> Arrays.stream(line.substring(KEY.length()).split(" ", -1)))
                .map(name -> "+" + name.toLowerCase(Locale.ROOT).replaceFirst("^cap_", "")))
        .collect(Collectors.joining(","));
  }
}
