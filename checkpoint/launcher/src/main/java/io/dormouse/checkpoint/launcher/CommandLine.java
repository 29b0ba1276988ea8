package io.dormouse.checkpoint.launcher;

import io.dormouse.checkpoint.agentapi.TokenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the launcher's command line. */
final class CommandLine {
  static final String USAGE =
      """
      run      --agent SOCKET --instance ID --container ID [--memory BYTES] [--env K=V]...
               [--stdio inherit|tcp://HOST:PORT] [--token-file FILE] -- PROGRAM [ARG]...
      attach   --agent SOCKET --instance ID --container ID [--memory BYTES] [--stdio ...]
               [--token-file FILE]
      identity --agent SOCKET --scheduler NAME --node NAME
      list     --agent SOCKET
      end      --agent SOCKET --instance ID
      """;

  private CommandLine() {}

  static Command parse(List<String> args) throws UsageException {
    if (args.isEmpty()) {
      throw new UsageException("A command is missing.");
    }
    String name = args.get(0);
    Options options = new Options(args, 1);
    Command command =
        switch (name) {
          case "run" -> run(options);
          case "attach" -> attach(options);
          case "identity" ->
              new Command.Identity(
                  agent(options), options.required("--scheduler"), options.required("--node"));
          case "list" -> new Command.Show(agent(options));
          case "end" -> new Command.End(agent(options), options.required("--instance"));
          default -> throw new UsageException("There is no command '%s'.".formatted(name));
        };
    options.refuseOthers(name);
    if (!name.equals("run") && !options.rest().isEmpty()) {
      throw new UsageException("The command %s takes nothing after '--'.".formatted(name));
    }
    return command;
  }

  private static Command run(Options options) throws UsageException {
    if (options.rest().isEmpty()) {
      throw new UsageException(
          "The program is missing.%nMaybe '--' is missing before it.".formatted());
    }
    return new Command.Run(
        agent(options),
        options.required("--instance"),
        options.required("--container"),
        bytes(options.optional("--memory", "0")),
        environment(options.all("--env")),
        options.rest(),
        stdio(options));
  }

  private static Command attach(Options options) throws UsageException {
    return new Command.Attach(
        agent(options),
        options.required("--instance"),
        options.required("--container"),
        bytes(options.optional("--memory", "0")),
        stdio(options));
  }

  private static Path agent(Options options) throws UsageException {
    return Path.of(options.required("--agent"));
  }

  private static long bytes(String text) throws UsageException {
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a negative number.
    }
    throw new UsageException(
        "The --memory (%s) must be a number of bytes, 0 for no limit.%nMaybe write out the unit."
            .formatted(text));
  }

  private static Map<String, String> environment(List<String> settings) throws UsageException {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new UsageException("The --env (%s) must be NAME=VALUE.".formatted(setting));
      }
      environment.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return environment;
  }

  private static Command.Stdio stdio(Options options) throws UsageException {
    String where = options.optional("--stdio", "inherit");
    String tokenFile = options.optional("--token-file", "");
    if (where.equals("inherit")) {
      return new Command.Stdio.Inherit();
    }
    int colon = where.lastIndexOf(':');
    if (!where.startsWith("tcp://") || colon <= "tcp://".length()) {
      throw new UsageException(
          "The --stdio (%s) must be inherit or tcp://HOST:PORT.".formatted(where));
    }
    if (tokenFile.isEmpty()) {
      throw new UsageException("The option --token-file is missing: --stdio tcp needs it.");
    }
    return new Command.Stdio.Tcp(
        where.substring("tcp://".length(), colon),
        port(where.substring(colon + 1)),
        token(tokenFile));
  }

  private static int port(String text) throws UsageException {
    try {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number out of range.
    }
    throw new UsageException("The port (%s) of --stdio must be from 1 to 65535.".formatted(text));
  }

  private static String token(String file) throws UsageException {
    try {
      return TokenFile.read(Path.of(file));
    } catch (IOException e) {
      throw new UsageException("The --token-file can't be used: " + e.getMessage());
    }
  }
}
