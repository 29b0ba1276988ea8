package io.dormouse.cli;

import io.dormouse.cli.bench.BenchCommand;
import io.dormouse.cli.daemon.AgentCommand;
import io.dormouse.cli.daemon.ControllerCommand;
import io.dormouse.cli.daemon.ZooKeeperCommand;
import io.dormouse.cli.doctor.DoctorCommand;
import io.dormouse.cli.image.ImageCommand;
import io.dormouse.cli.pki.PkiCommand;
import io.dormouse.cli.steer.MoveCommand;
import io.dormouse.cli.up.UpCommand;
import io.dormouse.cli.view.DecisionsCommand;
import io.dormouse.cli.view.ExplainCommand;
import io.dormouse.cli.view.InstancesCommand;
import io.dormouse.cli.view.NodesCommand;
import io.dormouse.cli.view.StatusCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code dormouse} command. */
@Command(
    name = "dormouse",
    description = "Puts the idle work of a cluster to sleep, and wakes it before it is needed.",
    mixinStandardHelpOptions = true,
    versionProvider = Dormouse.Version.class,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:done", "1:failed", "2:bad usage", "3:nothing to do, or not found"},
    subcommands = {
      UpCommand.class,
      DoctorCommand.class,
      ImageCommand.class,
      ControllerCommand.class,
      AgentCommand.class,
      PkiCommand.class,
      StatusCommand.class,
      NodesCommand.class,
      InstancesCommand.class,
      DecisionsCommand.class,
      ExplainCommand.class,
      MoveCommand.class,
      BenchCommand.class,
      ZooKeeperCommand.class
    })
public final class Dormouse implements Runnable {
  private static final List<String> DAEMONS = List.of("controller", "agent", "zookeeper");

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  /** Runs a command and exits. */
  public static void main(String[] arguments) {
    Logging.configure(
        arguments.length > 0 && DAEMONS.contains(arguments[0]),
        List.of(arguments).contains("--verbose"));
    System.exit(
        run(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments));
  }

  /** Runs a command; its exit code. */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine line = new CommandLine(new Dormouse()).setOut(out).setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((error, unused) -> badUsage(error));
    line.setExecutionExceptionHandler((error, command, unused) -> failed(error, command));
    return line.execute(arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command was given.");
  }

  private static int badUsage(ParameterException error) {
    CommandLine command = error.getCommandLine();
    command.getErr().println(error.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(error, command.getErr())) {
      command.getErr().printf("Maybe see: %s --help%n", command.getCommandSpec().qualifiedName());
    }
    return ExitCode.BAD_USAGE.code();
  }

  private static int failed(Exception error, CommandLine command) {
    boolean verbose =
        command.getParseResult() != null && command.getParseResult().hasMatchedOption("--verbose");
    PrintWriter err = command.getErr();
    if (error instanceof CommandFailure failure) {
      err.println(failure.getMessage());
    } else {
      err.printf(
          "%s%nMaybe this is a bug of Dormouse: run it again with --verbose and report what it says.%n",
          error);
    }
    if (verbose) {
      error.printStackTrace(err);
    }
    return error instanceof CommandFailure failure
        ? failure.exitCode().code()
        : ExitCode.FAILED.code();
  }

  /** What {@code --version} prints. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Dormouse.class.getPackage().getImplementationVersion();
      return new String[] {"dormouse " + (version == null ? "(not packaged)" : version)};
    }
  }
}
