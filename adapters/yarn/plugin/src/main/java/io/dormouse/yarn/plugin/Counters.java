package io.dormouse.yarn.plugin;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/** What the plugin did since it was loaded. Thread-safe. */
final class Counters implements PluginCounters {
  final AtomicLong published = new AtomicLong();
  final AtomicLong publishFailures = new AtomicLong();
  final AtomicLong plansRefused = new AtomicLong();
  final AtomicLong plansExpired = new AtomicLong();
  final AtomicLong plansApplied = new AtomicLong();
  final AtomicLong containersReleased = new AtomicLong();

  /**
   * Shows them by JMX, in place of those of an earlier policy: a ResourceManager makes a new one
   * whenever it becomes active.
   *
   * @throws JMException when JMX refuses
   */
  void show() throws JMException {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName name = new ObjectName(OBJECT_NAME);
    if (server.isRegistered(name)) {
      server.unregisterMBean(name);
    }
    server.registerMBean(new StandardMBean(this, PluginCounters.class), name);
  }

  @Override
  public long getPublished() {
    return published.get();
  }

  @Override
  public long getPublishFailures() {
    return publishFailures.get();
  }

  @Override
  public long getPlansRefused() {
    return plansRefused.get();
  }

  @Override
  public long getPlansExpired() {
    return plansExpired.get();
  }

  @Override
  public long getPlansApplied() {
    return plansApplied.get();
  }

  @Override
  public long getContainersReleased() {
    return containersReleased.get();
  }
}
