package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.Host;
import io.dormouse.checkpoint.agentapi.proto.RestoreAnswer;
import io.dormouse.checkpoint.agentapi.proto.RestoreQuestion;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestorableTest {
  @TempDir Path folder;

  private RestoreAnswer ask(Host.Builder source) {
    return new SteppedAgent(folder, 1)
        .commands
        .mayRestore(RestoreQuestion.newBuilder().setCell("c").setSource(source).build())
        .join();
  }

  private RestoreAnswer askOfOneLike(SteppedAgent agent) {
    return agent
        .commands
        .mayRestore(
            RestoreQuestion.newBuilder()
                .setCell("c")
                .setSource(agent.instances.parts().abilities().getHost())
                .build())
        .join();
  }

  @Test
  void whatAHostLikeThisDumpsCanBeRestored() {
    RestoreAnswer answer = askOfOneLike(new SteppedAgent(folder, 1));

    assertThat(answer.getYes()).isTrue();
    assertThat(answer.getReasonsList()).isEmpty();
  }

  @Test
  void allThatSpeaksAgainstItIsTold() {
    RestoreAnswer answer =
        ask(
            Host.newBuilder()
                .setEngine("dmtcp")
                .setKernelRelease("99.0")
                .setCpuModel("cpu")
                .addCpuFeatures("avx512f")
                .setToolVersion("dmtcp 4"));

    assertThat(answer.getYes()).isFalse();
    assertThat(answer.getReasonsList())
        .anyMatch(why -> why.contains("dmtcp"))
        .anyMatch(why -> why.contains("99.0"))
        .anyMatch(why -> why.contains("avx512f"));
  }
}
