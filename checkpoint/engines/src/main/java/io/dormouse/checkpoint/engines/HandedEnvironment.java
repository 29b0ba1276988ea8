package io.dormouse.checkpoint.engines;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Hands the environment of an instance's program past programs that run with more rights than its
 * owner's. To those, {@code LD_PRELOAD} or {@code PATH} would be orders of the owner; under the
 * names that they have on the way, no program knows them.
 */
final class HandedEnvironment {
  private static final String PREFIX = "DORMOUSE_ENV_";

  /** What a POSIX shell can export; others it has always dropped. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** A shell that finds no number in it ends. */
  private static final String SHELLS_OWN = "OPTIND";

  private static final String UNWRAP =
      """
      dormouse_i=0
      while eval "dormouse_v=\\${DORMOUSE_ENV_$dormouse_i-}"; [ -n "$dormouse_v" ]; do
        unset "DORMOUSE_ENV_$dormouse_i"
        export "$dormouse_v"
        dormouse_i=$((dormouse_i+1))
      done
      unset dormouse_i dormouse_v
      exec "$@"
      """;

  private HandedEnvironment() {}

  /** The variables under names that mean nothing. */
  static Map<String, String> wrapped(Map<String, String> environment) {
    Map<String, String> wrapped = new TreeMap<>();
    new TreeMap<>(environment)
        .forEach(
            (name, value) -> {
              if (NAME.matcher(name).matches() && !name.equals(SHELLS_OWN)) {
                wrapped.put(PREFIX + wrapped.size(), name + "=" + value);
              }
            });
    return wrapped;
  }

  /** A command, to be run with no more than the owner's rights, that begins with its own names. */
  static List<String> unwrapping(List<String> argv) {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", UNWRAP, "sh"));
    command.addAll(argv);
    return command;
  }
}
