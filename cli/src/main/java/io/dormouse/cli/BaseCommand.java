package io.dormouse.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What every command is made of: the common options, a console, an exit code. */
public abstract class BaseCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final CommonOptions common = new CommonOptions();

  @Override
  public final Integer call() throws Exception {
    return run(console()).code();
  }

  /** Does it. */
  protected abstract ExitCode run(Console console) throws Exception;

  /** The options that every command takes. */
  protected final CommonOptions common() {
    return common;
  }

  /** A bad value of an option or argument; nothing was started. */
  protected static CommandFailure badUsage(String cause, String fix) {
    return new CommandFailure(ExitCode.BAD_USAGE, cause, fix);
  }

  private Console console() {
    return new Console(spec.commandLine().getOut(), spec.commandLine().getErr(), common.json());
  }
}
