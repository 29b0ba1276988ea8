package io.dormouse.checkpoint.launcher;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Options of the form {@code --name value}, and what follows a {@code --}. */
final class Options {
  private final Map<String, List<String>> values = new HashMap<>();
  private final Set<String> used = new HashSet<>();
  private final List<String> rest = new ArrayList<>();

  /** Reads {@code args} from {@code start} on. */
  Options(List<String> args, int start) throws UsageException {
    int i = start;
    while (i < args.size()) {
      String arg = args.get(i++);
      if (arg.equals("--")) {
        rest.addAll(args.subList(i, args.size()));
        return;
      }
      if (!arg.startsWith("--")) {
        throw new UsageException(
            "The argument '%s' is no option.%nMaybe '--' is missing before the program."
                .formatted(arg));
      }
      if (i == args.size()) {
        throw new UsageException("The option %s needs a value.".formatted(arg));
      }
      values.computeIfAbsent(arg, name -> new ArrayList<>()).add(args.get(i++));
    }
  }

  List<String> rest() {
    return rest;
  }

  String required(String name) throws UsageException {
    List<String> given = all(name);
    if (given.isEmpty()) {
      throw new UsageException("The option %s is missing.".formatted(name));
    }
    if (given.size() > 1) {
      throw new UsageException("The option %s is given %d times.".formatted(name, given.size()));
    }
    return given.get(0);
  }

  String optional(String name, String otherwise) throws UsageException {
    return values.containsKey(name) ? required(name) : otherwise;
  }

  List<String> all(String name) {
    used.add(name);
    return values.getOrDefault(name, List.of());
  }

  /** Refuses options that nobody asked for. */
  void refuseOthers(String command) throws UsageException {
    for (String name : values.keySet()) {
      if (!used.contains(name)) {
        throw new UsageException(
            "The command %s has no option %s.%nMaybe one of %s is meant."
                .formatted(command, name, used.stream().sorted().toList()));
      }
    }
  }
}
