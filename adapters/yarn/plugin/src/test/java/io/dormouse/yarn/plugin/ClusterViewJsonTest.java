package io.dormouse.yarn.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dormouse.yarn.plugin.ClusterView.Amount;
import java.util.Collections;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ClusterViewJsonTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void writes_what_a_reader_reads() throws Exception {
    Rows rows = new Rows(10);
    rows.add(new ClusterView.NodeRow("h:1", "RUNNING", new Amount(8, 2), new Amount(3, 1)));
    rows.add(
        new ClusterView.AppRow("a1", new String[] {"DORMOUSE", "u", "q", "RUNNING"}, Amount.NONE));
    rows.add(
        new ClusterView.ContainerRow(
            new String[] {"c1", "h:1", "RUNNING"}, true, 5, new Amount(3, 1)));
    rows.add(new ClusterView.QueueRow("root.default", new Amount(7, 1), 2));

    JsonNode json = JSON.readTree(write(rows));

    assertThat(json.get("sequence").asLong()).isEqualTo(2);
    assertThat(json.at("/nodes/0/capacity/memoryBytes").asLong()).isEqualTo(8);
    assertThat(json.at("/apps/0/type").asText()).isEqualTo("DORMOUSE");
    assertThat(json.at("/containers/0/master").asBoolean()).isTrue();
    assertThat(json.at("/queues/0/pendingContainers").asLong()).isEqualTo(2);
    assertThat(json.at("/counters/published").asLong()).isEqualTo(9);
    assertThat(json.get("truncated").asBoolean()).isFalse();
  }

  @Property
  void quotes_any_name(@ForAll String name) throws Exception {
    Rows rows = new Rows(1);
    rows.add(new ClusterView.QueueRow(name, Amount.NONE, 0));

    assertThat(JSON.readTree(write(rows)).at("/queues/0/name").asText()).isEqualTo(name);
  }

  @Test
  void leaves_out_rows_above_the_maximum_and_says_so() throws Exception {
    Rows rows = new Rows(1);
    rows.add(new ClusterView.QueueRow("a", Amount.NONE, 0));
    rows.add(new ClusterView.QueueRow("b", Amount.NONE, 0));

    JsonNode json = JSON.readTree(write(rows));

    assertThat(json.get("queues")).hasSize(1);
    assertThat(json.get("truncated").asBoolean()).isTrue();
  }

  private static String write(Rows rows) {
    ClusterView view = new ClusterView(new ClusterView.Head(1, 2, 3), rows);
    return ClusterViewJson.write(view, Collections.singletonMap("published", 9L));
  }
}
