package io.dormouse.yarn.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

class CountersTest {
  @Test
  void jmx_shows_those_of_the_newest_policy() throws Exception {
    new Counters().show();
    Counters newest = new Counters();
    newest.show();

    newest.containersReleased.addAndGet(3);

    assertThat(
            ManagementFactory.getPlatformMBeanServer()
                .getAttribute(new ObjectName(PluginCounters.OBJECT_NAME), "ContainersReleased"))
        .isEqualTo(3L);
  }
}
