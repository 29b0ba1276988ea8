package io.dormouse.controller.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.controller.machine.InstanceRecord;
import io.dormouse.controller.machine.InstanceRecord.Garbage;
import io.dormouse.controller.machine.Intent;
import io.dormouse.controller.machine.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CodecTest {
  @Test
  void readsWhatItWrote() throws IOException {
    assertThat(Codec.readIntent(Codec.write(Samples.intent("a-1", Step.DUMP))))
        .isEqualTo(Samples.intent("a-1", Step.DUMP));
    assertThat(Codec.readRecord(Codec.write(Samples.record("w/1"))))
        .isEqualTo(Samples.record("w/1"));
  }

  @Test
  void readsWhatAnOlderControllerWrote() throws IOException {
    String written = new String(Codec.write(Samples.record("w")), StandardCharsets.UTF_8);
    String older =
        written
            .replaceFirst(",\"garbageAt\":\\[[^]]*]", "")
            .replaceFirst(",\"alsoAt\":\"[^\"]*\"", "");
    assertThat(older).doesNotContain("garbageAt", "alsoAt");

    InstanceRecord read = Codec.readRecord(older.getBytes(StandardCharsets.UTF_8));

    assertThat(read.alsoAt()).isEmpty();
    assertThat(read.garbage())
        .containsExactly(
            new Garbage("old-1", Optional.empty()), new Garbage("old-2", Optional.empty()));
  }

  @Test
  void readsAnIntentOfWhenNothingWentAhead() throws IOException {
    Intent intent = Samples.intent("a-1", Step.DUMP);
    String written = new String(Codec.write(intent), StandardCharsets.UTF_8);
    String older = written.replace(",\"draft\":\"draft\"", "");
    assertThat(older).isNotEqualTo(written);

    Intent read = Codec.readIntent(older.getBytes(StandardCharsets.UTF_8));

    assertThat(read.draft()).isEmpty();
    assertThat(read.image()).isEqualTo(intent.image());
  }

  @Test
  void refusesWhatANewerControllerWrote() {
    byte[] newer = "{\"version\":2}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> Codec.readRecord(newer))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Maybe a newer controller");
  }
}
