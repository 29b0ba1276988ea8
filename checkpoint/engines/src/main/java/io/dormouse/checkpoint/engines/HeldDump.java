package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.ToolRunner.Call;
import io.dormouse.checkpoint.engines.ToolRunner.Result;
import io.dormouse.checkpoint.engines.ToolRunner.Terms;
import io.dormouse.checkpoint.images.Trees;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A dump that is complete while CRIU still holds the processes: it waits in its post-dump script.
 * Only CRIU can end them so that those at the other ends of their connections notice nothing, or
 * undo what it did to these connections. Should this process die, CRIU lets them go on.
 */
final class HeldDump {
  private static final String SCRIPT =
      """
      #!/bin/sh
      [ "$CRTOOLS_SCRIPT_ACTION" = post-dump ] || exit 0
      # To open it waits for nobody, as it is open for both at first.
      exec 3<>'%1$s/answer' 4<'%1$s/answer' 3>&-
      : >'%1$s/held'
      if read -r answer <&4; then
        [ "$answer" = complete ]
      else
        rm -rf '%1$s'
        exit 1
      fi
      """;

  static final String PREFIX = "dormouse-hold";

  private final Call call;
  private final RunningTool tool;
  private final Post post;

  private HeldDump(Call call, RunningTool tool, Post post) {
    this.call = call;
    this.tool = tool;
    this.post = post;
  }

  /**
   * Where CRIU says that it is there, and is told how to go on.
   *
   * @param answer held open all the time, so that the script reads an end once nobody is there
   */
  record Post(Path directory, RandomAccessFile answer) {
    static Post open(Path parent) throws IOException {
      Path directory = Files.createTempDirectory(parent, PREFIX);
      try {
        return new Post(directory, prepare(directory));
      } catch (IOException e) {
        Trees.delete(directory);
        throw e;
      }
    }

    private static RandomAccessFile prepare(Path directory) throws IOException {
      if (directory.toString().indexOf('\'') >= 0) {
        throw new IOException("the path %s must not contain a quote".formatted(directory));
      }
      Path fifo = directory.resolve("answer");
      Call call =
          new Call("mkfifo", List.of("mkfifo", "-m", "600", fifo.toString()), Map.of(), directory);
      if (!(ToolRunner.run(call, Duration.ofSeconds(10)) instanceof Outcome.Ok<Result> ok)
          || ok.value().exitStatus() != 0) {
        throw new IOException("can't make " + fifo);
      }
      Files.writeString(directory.resolve("script"), SCRIPT.formatted(directory));
      Files.setPosixFilePermissions(
          directory.resolve("script"), PosixFilePermissions.fromString("rwx------"));
      return new RandomAccessFile(fifo.toFile(), "rw");
    }

    Path script() {
      return directory.resolve("script");
    }

    boolean isReached() {
      return Presence.exists(directory.resolve("held"));
    }

    void answer(String word) throws IOException {
      answer.write((word + "\n").getBytes(StandardCharsets.UTF_8));
    }

    void close() {
      try {
        answer.close();
        Trees.delete(directory);
      } catch (IOException e) {
        EngineErrors.warn("Something is left of a dump", EngineErrors.io("remove " + directory, e));
      }
    }
  }

  /**
   * Runs CRIU until it holds a complete dump.
   *
   * @param terms {@code giveUp} is run before the tool is killed
   * @param explain what came of a tool that ended before
   * @return after a failure nothing of the tool is left, and the post is closed
   */
  static Outcome<HeldDump> start(
      Call call, Terms terms, Post post, Function<Result, EngineFailure> explain) {
    Outcome<HeldDump> held =
        RunningTool.start(call).then(tool -> await(new HeldDump(call, tool, post), terms, explain));
    if (held instanceof Outcome.Failed<HeldDump>) {
      post.close();
    }
    return held;
  }

  private static Outcome<HeldDump> await(
      HeldDump dump, Terms terms, Function<Result, EngineFailure> explain) {
    Outcome<Done> waited = ToolRunner.awaitOver(dump.call, dump.tool, terms, dump.post::isReached);
    if (waited instanceof Outcome.Ok<Done> && dump.isHeld()) {
      return Outcome.ok(dump);
    }
    boolean ended = !dump.tool.runs();
    if (!ended) {
      dump.endMercifully(terms);
    }
    Outcome<HeldDump> failed =
        waited.then(
            done ->
                Outcome.failed(
                    ended
                        ? explain.apply(dump.tool.result())
                        : new EngineFailure.TimedOut(
                            dump.call.name(), terms.timeout(), dump.tool.excerpt())));
    dump.tool.close();
    return failed;
  }

  // It may still come to its post, and must not be left standing there.
  private void endMercifully(Terms terms) {
    try {
      post.answer("undo");
    } catch (IOException e) {
      EngineErrors.warn("A tool can't be told", EngineErrors.io("answer " + call.name(), e));
    }
    if (ToolRunner.awaitMercy(call, tool, terms) instanceof Outcome.Failed<Done> failed) {
      EngineErrors.warn("What was dumped may be harmed", failed.failure());
    }
  }

  boolean isHeld() {
    return tool.runs() && post.isReached();
  }

  /** The processes become what CRIU was asked to make of them. */
  Outcome<Result> complete(Duration timeout) {
    return finish("complete", timeout);
  }

  /** The processes go on as if nothing had been. */
  Outcome<Result> undo(Duration timeout) {
    return finish("undo", timeout);
  }

  private Outcome<Result> finish(String word, Duration timeout) {
    try {
      post.answer(word);
      return Waiting.untilUninterrupted(() -> !tool.runs(), timeout)
          ? Outcome.ok(tool.result())
          : Outcome.failed(new EngineFailure.TimedOut(call.name(), timeout, tool.excerpt()));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("tell " + call.name() + " to go on", e));
    } finally {
      tool.close();
      post.close();
    }
  }
}
