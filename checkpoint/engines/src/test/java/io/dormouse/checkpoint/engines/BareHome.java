package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A bare process tree, in a session of its own. */
final class BareHome implements Home {
  private final ProcessTreeEngine engine;
  private final Path work;
  private final boolean forNobody;
  private long pid;

  BareHome(Toolchain tools, Path directory, boolean forNobody) throws IOException {
    this.forNobody = forNobody;
    this.engine = new ProcessTreeEngine(tools.criu(), InstantSource.system());
    this.work = Files.createDirectory(directory.resolve("home"));
    if (forNobody) {
      InstanceFiles.own(work, NOBODY, NOBODY);
    }
  }

  @Override
  public Path work() {
    return work;
  }

  @Override
  public String inside() {
    return work.toString();
  }

  long pid() {
    return pid;
  }

  ProcessTreeEngine engine() {
    return engine;
  }

  @Override
  public void start(List<String> argv, List<Path> readOnly) throws IOException {
    List<String> all = new ArrayList<>(List.of("setsid"));
    if (forNobody) {
      all.addAll(List.of("setpriv", "--reuid", "65534", "--regid", "65534"));
      all.addAll(List.of("--clear-groups", "--no-new-privs", "--"));
    }
    all.addAll(argv);
    pid =
        new ProcessBuilder(all)
            .directory(work.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(Path.of("/dev/null").toFile())
            .redirectError(Path.of("/dev/null").toFile())
            .start()
            .pid();
  }

  @Override
  public DumpReport hibernate(Path image) {
    List<Long> tree = ProcFs.tree(pid);
    DumpReport report = ok(engine.dump(pid, image, DumpOptions.of(After.STOP)));
    assertThat(tree).noneMatch(ProcFs::isAlive);
    return report;
  }

  @Override
  public void wake(Path image) {
    assertThat(ok(engine.restore(image, LIMIT)).pid()).isEqualTo(pid);
  }

  @Override
  public void close() {
    ok(engine.kill(pid, LIMIT));
  }
}
