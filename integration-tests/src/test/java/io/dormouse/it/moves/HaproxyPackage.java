package io.dormouse.it.moves;

import static org.junit.jupiter.api.Assumptions.abort;

import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.PrivateRoot;
import io.dormouse.checkpoint.engines.ToolFinder;
import io.dormouse.checkpoint.engines.ToolProvisioner;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Debian's HAProxy in a private root, fetched on first use; a test is skipped where it can't be.
 */
final class HaproxyPackage {
  private static final Duration FETCH_MAX = Duration.ofMinutes(3);

  private HaproxyPackage() {}

  /** How it starts. */
  static List<String> command() throws IOException {
    Outcome<PrivateRoot> fetched =
        new ToolProvisioner(ToolFinder.cacheDirectory(System.getenv()))
            .provisionPackages("haproxy", List.of("haproxy"), FETCH_MAX, System.out::println);
    return fetched instanceof Outcome.Ok<PrivateRoot> ok
        ? ok.value().command("usr/sbin/haproxy")
        : abort("no HAProxy: " + ((Outcome.Failed<PrivateRoot>) fetched).failure().message());
  }
}
