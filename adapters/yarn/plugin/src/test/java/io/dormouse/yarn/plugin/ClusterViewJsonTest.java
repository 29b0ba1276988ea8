package io.dormouse.yarn.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dormouse.yarn.plugin.ClusterView.Amount;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ClusterViewJsonTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void writes_what_a_reader_reads() throws Exception {
    Rows rows = new Rows(10);
    rows.add(new ClusterView.NodeRow("h:1", "RUNNING", new Amount(8, 2), new Amount(3, 1)));
    rows.add(new ClusterView.AppRow("a1", "DORMOUSE", new Amount(7, 1)));
    rows.add("c1");
    rows.add("c2");

    JsonNode json = JSON.readTree(write(rows));

    assertThat(json.get("takenAtMillis").asLong()).isEqualTo(3);
    assertThat(json.at("/nodes/0/capacity/memoryBytes").asLong()).isEqualTo(8);
    assertThat(json.at("/nodes/0/state").asText()).isEqualTo("RUNNING");
    assertThat(json.at("/apps/0/type").asText()).isEqualTo("DORMOUSE");
    assertThat(json.at("/apps/0/pending/memoryBytes").asLong()).isEqualTo(7);
    assertThat(json.get("containers")).extracting(JsonNode::asText).containsExactly("c1", "c2");
    assertThat(json.get("truncated").asBoolean()).isFalse();
  }

  @Property
  void quotes_any_name(@ForAll String name) throws Exception {
    Rows rows = new Rows(1);
    rows.add(name);

    assertThat(JSON.readTree(write(rows)).at("/containers/0").asText()).isEqualTo(name);
  }

  @Test
  void leaves_out_rows_above_the_maximum_and_says_so() throws Exception {
    Rows rows = new Rows(1);
    rows.add("c1");
    rows.add("c2");

    JsonNode json = JSON.readTree(write(rows));

    assertThat(json.get("containers")).hasSize(1);
    assertThat(json.get("truncated").asBoolean()).isTrue();
  }

  private static String write(Rows rows) {
    return ClusterViewJson.write(new ClusterView(3, rows));
  }
}
