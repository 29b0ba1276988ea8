package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.CriuOptions.Tcp;
import io.dormouse.checkpoint.engines.DumpOptions.Connections;
import io.dormouse.checkpoint.images.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The command lines of runc, for capsules under one root directory. */
final class Runc {
  static final String CHECKPOINT = "checkpoint";

  private final Path binary;
  private final Path state;
  private final Path wrappers;
  private final Path criu;

  /** Installs the criu wrapper and makes runc's state directory. */
  Runc(Toolchain tools, Path root) throws IOException {
    this.binary = tools.runc();
    this.state = Files.createDirectories(root.resolve("runc"));
    this.criu = tools.criu();
    this.wrappers = root.resolve("bin");
    CriuWrapper.install(wrappers, tools.criu());
  }

  /** The CRIU that it calls. */
  Path criu() {
    return criu;
  }

  Map<String, String> environment(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("PATH", wrappers + ":/usr/sbin:/usr/bin:/sbin:/bin");
    return environment;
  }

  List<String> run(InstanceFiles files, String id) {
    return command(
        "run", "--bundle", files.bundle().toString(), "--pid-file", files.pidFile().toString(), id);
  }

  List<String> restore(InstanceFiles files, String id, Path images, Connections connections) {
    List<String> argv =
        command(
            "restore",
            "--bundle",
            files.bundle().toString(),
            "--pid-file",
            files.pidFile().toString(),
            "--image-path",
            images.toString(),
            "--work-path",
            files.toolWork().toString(),
            "--file-locks");
    if (connections == Connections.KEEP) {
      argv.add("--tcp-established");
    }
    argv.add(id);
    return argv;
  }

  /**
   * A dump; {@code leaveRunning} or not says what becomes of the container if CRIU is not told
   * otherwise.
   */
  ToolRunner.Call checkpoint(
      InstanceFiles files, InstanceSpec spec, Path images, Tcp tcp, boolean leaveRunning) {
    List<String> argv = command(CHECKPOINT, "--file-locks");
    if (leaveRunning) {
      argv.add("--leave-running");
    }
    if (tcp == Tcp.KEEP) {
      argv.add("--tcp-established");
    }
    argv.addAll(
        List.of(
            "--image-path",
            images.toString(),
            "--work-path",
            files.toolWork().toString(),
            spec.id()));
    var environment = environment(CriuWrapper.environment(spec.ownerUid(), spec.ownerGid()));
    return new ToolRunner.Call("runc checkpoint", argv, environment, files.directory());
  }

  /**
   * Makes runc forget a container that does not run, and detaches what a killed runc had mounted
   * for it.
   */
  Outcome<Done> forget(String id) {
    Path container = state.resolve(id);
    if (!Files.exists(container)) {
      return Outcome.ok(new Done(Duration.ZERO));
    }
    Duration limit = Duration.ofSeconds(10);
    for (ProcFs.Mount mount : ProcFs.mounts()) {
      if (mount.point().startsWith(container)) {
        var detached = call("umount", List.of("umount", "--lazy", mount.point().toString()), limit);
        if (detached instanceof Outcome.Failed<ToolRunner.Result> failed) {
          return Outcome.failed(failed.failure());
        }
      }
    }
    return call("runc delete", command("delete", "--force", id), limit)
        .then(
            result -> {
              try {
                Trees.delete(container);
                return Outcome.ok(new Done(result.took()));
              } catch (IOException e) {
                return Outcome.failed(EngineErrors.io("remove " + container, e));
              }
            });
  }

  private Outcome<ToolRunner.Result> call(String name, List<String> argv, Duration limit) {
    return ToolRunner.run(new ToolRunner.Call(name, argv, environment(Map.of()), state), limit);
  }

  private List<String> command(String... arguments) {
    List<String> argv = new ArrayList<>(List.of(binary.toString(), "--root", state.toString()));
    argv.addAll(List.of(arguments));
    return argv;
  }
}
