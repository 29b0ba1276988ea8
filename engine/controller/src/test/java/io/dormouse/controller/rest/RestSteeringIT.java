package io.dormouse.controller.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dormouse.controller.machine.Input;
import io.dormouse.controller.machine.Mode;
import io.dormouse.controller.machine.MoveWish;
import io.dormouse.controller.machine.WishAnswer;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What operators have a controller do. */
class RestSteeringIT extends RestCase {
  @Test
  void operatorsPauseAndResume() throws Exception {
    assertThat(ask("POST", "/api/v1/pause?dryRun=true", "operator-token-01").statusCode())
        .isEqualTo(200);
    assertThat(inputs).isEmpty();
    ask("POST", "/api/v1/pause?reason=maintenance", "operator-token-01");
    ask("POST", "/api/v1/resume", "operator-token-01");
    assertThat(inputs)
        .containsExactly(
            new Input.ModeSet(Mode.OBSERVE, "maintenance"),
            new Input.ModeSet(Mode.ACT, "none given"));
  }

  @Test
  void operatorsMoveInstances() throws Exception {
    answer = new WishAnswer.Begun(Optional.of("w-7"), new NodeId("n2"));

    HttpResponse<String> begun =
        ask("POST", "/api/v1/move?instance=app/w-1&reason=maintenance", "operator-token-01");

    assertThat(begun.statusCode()).isEqualTo(202);
    JsonNode json = new ObjectMapper().readTree(begun.body());
    assertThat(json.path("decision").asText()).isEqualTo("w-7");
    assertThat(json.path("to").asText()).isEqualTo("n2");
    assertThat(wishes)
        .containsExactly(
            new MoveWish(new InstanceId("app/w-1"), Optional.empty(), "maintenance", false));
    assertThat(ask("POST", "/api/v1/move?instance=app/w-1", "viewer-token-0001").statusCode())
        .isEqualTo(403);
    assertThat(wishes).hasSize(1);
  }

  @Test
  void whatStandsAgainstAMoveIsTold() throws Exception {
    answer = new WishAnswer.Refused("it is busy with a task");
    HttpResponse<String> refused =
        ask("POST", "/api/v1/move?instance=app/w-1&to=n2&dryRun=true", "operator-token-01");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("it is busy with a task").contains("Maybe ");

    answer = new WishAnswer.Unknown("There is no node (n9).");
    assertThat(ask("POST", "/api/v1/move?instance=w&to=n9", "operator-token-01").statusCode())
        .isEqualTo(404);
    assertThat(ask("POST", "/api/v1/move", "operator-token-01").statusCode()).isEqualTo(400);
    assertThat(ask("POST", "/api/v1/move?instance=%0A", "operator-token-01").statusCode())
        .isEqualTo(400);
    assertThat(wishes).hasSize(2);
  }

  @Test
  void onlyALeaderIsSteered() throws Exception {
    leads = false;

    HttpResponse<String> answer = ask("POST", "/api/v1/pause", "operator-token-01");

    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("does not lead").contains("Maybe ");
    assertThat(inputs).isEmpty();
  }
}
