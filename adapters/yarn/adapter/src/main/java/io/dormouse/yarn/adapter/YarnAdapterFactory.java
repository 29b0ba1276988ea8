package io.dormouse.yarn.adapter;

import io.dormouse.engine.spi.ClusterAdapter;
import io.dormouse.engine.spi.ClusterAdapterFactory;
import io.dormouse.engine.spi.SteadyClock;
import java.util.Map;

/** Makes {@link YarnAdapter}s from settings. */
public final class YarnAdapterFactory implements ClusterAdapterFactory {
  @Override
  public String scheduler() {
    return "yarn";
  }

  @Override
  public ClusterAdapter create(Map<String, String> settings) {
    return new YarnAdapter(YarnSettings.from(settings), SteadyClock.start());
  }
}
