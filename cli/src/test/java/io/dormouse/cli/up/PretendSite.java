package io.dormouse.cli.up;

import io.dormouse.engine.spi.EmbeddedSite;
import io.dormouse.engine.spi.RunningSite;
import java.util.function.Consumer;

/** A site that is there, and that no test of bad input may start. */
public final class PretendSite implements EmbeddedSite {
  @Override
  public String name() {
    return "pretend";
  }

  @Override
  public RunningSite start(Request request, Consumer<String> progress) {
    throw new AssertionError("Nothing may be started.");
  }
}
