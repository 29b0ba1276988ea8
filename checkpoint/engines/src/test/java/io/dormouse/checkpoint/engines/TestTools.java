package io.dormouse.checkpoint.engines;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The tools for tests that need them, fetched on first use; tests are skipped, with the reason,
 * where that fails.
 */
final class TestTools {
  private TestTools() {}

  static Toolchain toolchain() {
    assumeTrue(System.getProperty("user.name").equals("root"), "checkpointing needs root");
    Path cache = ToolFinder.cacheDirectory(System.getenv());
    ToolProvisioner provisioner = new ToolProvisioner(cache);
    Path criu = get(provisioner.provisionCriu(Duration.ofMinutes(4), System.out::println));
    Path runc = get(provisioner.provisionRunc(Duration.ofMinutes(4), System.out::println));
    return new Toolchain(criu, get(ToolFinder.version(criu)), runc, get(ToolFinder.version(runc)));
  }

  /** A site builds DMTCP by itself: where there is none, these tests are skipped. */
  static DmtcpTools dmtcp() {
    Path cache = ToolFinder.cacheDirectory(System.getenv());
    return get(new ToolFinder(System.getenv(), cache).dmtcpTools());
  }

  private static <T> T get(Outcome<T> outcome) {
    if (outcome instanceof Outcome.Failed<T> failed) {
      System.out.println("Skipped, no tools: " + failed.failure().message());
      return abort("no tools: " + failed.failure().message());
    }
    return ((Outcome.Ok<T>) outcome).value();
  }

  /** The value, or an assertion error with the failure's message. */
  static <T> T ok(Outcome<T> outcome) {
    if (outcome instanceof Outcome.Failed<T> failed) {
      throw new AssertionError(failed.failure().message());
    }
    return ((Outcome.Ok<T>) outcome).value();
  }

  /** The state of an instance that is there for sure. */
  static InstanceState found(InstanceEngine engine, String id) {
    return ok(engine.inspect(id)).orElseThrow();
  }
}
