package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/** A capsule, which is a new one after each hibernation. */
final class CapsuleHome implements Home {
  private static final String INSTANCE = "survivor";

  private final CapsuleEngine engine;
  private final boolean lazy;
  private Path work = Path.of("");
  private String id = "";

  CapsuleHome(Toolchain tools, Path directory) {
    this(tools, directory, false);
  }

  /** {@code lazy}: it runs before its pages are in. */
  CapsuleHome(Toolchain tools, Path directory, boolean lazy) {
    this.lazy = lazy;
    this.engine = ok(CapsuleEngine.open(directory.resolve("node"), tools, InstantSource.system()));
  }

  CapsuleEngine engine() {
    return engine;
  }

  String id() {
    return id;
  }

  private static InstanceSpec spec(List<String> argv, List<Path> readOnly) {
    return new InstanceSpec(
        INSTANCE,
        UUID.randomUUID(),
        NOBODY,
        NOBODY,
        argv,
        Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C.UTF-8"),
        OptionalLong.empty(),
        readOnly);
  }

  @Override
  public Path work() {
    return work;
  }

  @Override
  public String inside() {
    return "/work";
  }

  @Override
  public void start(List<String> argv, List<Path> readOnly) throws IOException {
    become(ok(engine.start(spec(argv, readOnly), LIMIT)));
  }

  private void become(InstanceState state) {
    id = state.id();
    work = state.directory().resolve("layer").resolve("work");
  }

  @Override
  public DumpReport hibernate(Path image) {
    DumpReport report = ok(engine.dump(id, image, DumpOptions.of(After.STOP)));
    assertThat(CapsuleCgroup.freezer(id).processes()).isEmpty();
    ok(engine.delete(id, LIMIT));
    return report;
  }

  @Override
  public void wake(Path image) {
    RestoreRequest request =
        new RestoreRequest(INSTANCE, UUID.randomUUID(), NOBODY, OptionalLong.empty(), image, LIMIT);
    InstanceState woken = ok(engine.restoreFrozen(lazy ? request.lazily() : request));
    assertThat(woken.status()).isEqualTo(Status.FROZEN);
    become(woken);
    ok(engine.thaw(id, LIMIT));
  }

  @Override
  public void close() {
    for (String each : ok(engine.ids())) {
      ok(engine.delete(each, LIMIT));
    }
    ok(engine.removeSharedCgroup());
  }
}
