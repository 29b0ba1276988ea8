package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/** An instance under DMTCP. */
final class DmtcpPlace implements Home {
  static final String INSTANCE = "survivor";

  private final DmtcpEngine engine;
  private final long owner;
  private final Path work;
  private String id = "";

  DmtcpPlace(DmtcpTools tools, Path directory, boolean forNobody) {
    Path homes = directory.resolve("homes");
    this.engine =
        ok(DmtcpEngine.open(directory.resolve("node"), homes, tools, InstantSource.system()));
    this.owner =
        forNobody && System.getProperty("user.name").equals("root")
            ? NOBODY
            : ProcFs.uid(ProcessHandle.current().pid()).orElseThrow();
    this.work = homes.resolve(INSTANCE).resolve("layer").resolve("work");
  }

  DmtcpEngine engine() {
    return engine;
  }

  String id() {
    return id;
  }

  @Override
  public Path work() {
    return work;
  }

  @Override
  public String inside() {
    return work.toString();
  }

  @Override
  public void start(List<String> argv, List<Path> readOnly) {
    start(argv);
  }

  InstanceState start(List<String> argv) {
    InstanceSpec spec =
        new InstanceSpec(
            INSTANCE,
            UUID.randomUUID(),
            owner,
            owner,
            argv,
            Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            OptionalLong.empty(),
            List.of());
    InstanceState state = ok(engine.start(spec, LIMIT));
    id = state.id();
    return state;
  }

  @Override
  public DumpReport hibernate(Path image) {
    DumpReport report = ok(engine.dump(id, image, DumpOptions.of(After.STOP)));
    ok(engine.delete(id, LIMIT));
    assertThat(work).doesNotExist();
    return report;
  }

  @Override
  public void wake(Path image) {
    InstanceState woken = ok(restore(image));
    assertThat(woken.status()).isEqualTo(Status.FROZEN);
    id = woken.id();
    ok(engine.thaw(id, LIMIT));
    assertThat(TestTools.found(engine, id).status()).isEqualTo(Status.RUNNING);
  }

  Outcome<InstanceState> restore(Path image) {
    return engine.restoreFrozen(
        new RestoreRequest(INSTANCE, UUID.randomUUID(), owner, OptionalLong.empty(), image, LIMIT));
  }

  @Override
  public void close() {
    for (String each : ok(engine.ids())) {
      ok(engine.delete(each, LIMIT));
    }
  }
}
