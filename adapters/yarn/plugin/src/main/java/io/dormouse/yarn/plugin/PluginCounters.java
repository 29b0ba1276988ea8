package io.dormouse.yarn.plugin;

/** What the plugin did since it was loaded, as JMX shows it; the ResourceManager's /jmx too. */
public interface PluginCounters {
  /** Name under which a ResourceManager shows them. */
  String OBJECT_NAME = "Hadoop:service=ResourceManager,name=Dormouse";

  /** Views that reached a controller. */
  long getPublished();

  /** Views that did not. */
  long getPublishFailures();

  /** Plans of a leader older than the newest seen. */
  long getPlansRefused();

  /** Plans that were too old to be applied. */
  long getPlansExpired();

  /** Plans that were applied. */
  long getPlansApplied();

  /** Containers that plans released. */
  long getContainersReleased();
}
