package io.dormouse.checkpoint.agentapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.dormouse.checkpoint.agentapi.proto.RunRequest;
import io.dormouse.checkpoint.agentapi.proto.ThinRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class ThinFramingTest {
  @Property(tries = 200)
  void whatIsEncodedIsDecoded(
      @ForAll @StringLength(max = 200) String instance,
      @ForAll @Size(max = 20) List<@StringLength(max = 300) String> argv)
      throws IOException {
    ThinRequest request = run(instance, argv);

    assertThat(decode(bytes(ThinFraming.encode(request))))
        .isEqualTo(new Received.Message<>(request));
  }

  @Property(tries = 200)
  void framesAreThoseOfProtocolBuffers(@ForAll @StringLength(max = 300) String instance)
      throws IOException {
    ThinRequest request = run(instance, List.of("/bin/true"));
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    request.writeDelimitedTo(expected);

    assertThat(bytes(ThinFraming.encode(request))).isEqualTo(expected.toByteArray());
  }

  @Property(tries = 500)
  void anyBytesGiveAnAnswerAndNeverAnException(@ForAll byte[] garbage) throws IOException {
    assertThat(decode(garbage)).isNotNull();
  }

  @Property(tries = 100)
  void everyTruncationIsMalformed(@ForAll @StringLength(min = 1, max = 50) String instance)
      throws IOException {
    byte[] whole = bytes(ThinFraming.encode(run(instance, List.of("/bin/true"))));
    for (int length = 1; length < whole.length; length++) {
      assertThat(decode(Arrays.copyOf(whole, length))).isInstanceOf(Received.Malformed.class);
    }
    assertThat(decode(new byte[0])).isInstanceOf(Received.EndOfStream.class);
  }

  @Test
  void aSizeAboveTheMaximumIsRefusedBeforeItIsRead() throws IOException {
    byte[] twoGigabytes = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07};

    assertThat(decode(twoGigabytes))
        .isInstanceOfSatisfying(
            Received.Malformed.class, m -> assertThat(m.reason()).contains("2147483647", "65536"));
  }

  @Test
  void anEndlessPrefixIsMalformed() throws IOException {
    byte[] endless = new byte[100];
    Arrays.fill(endless, (byte) 0x80);

    assertThat(decode(endless))
        .isInstanceOfSatisfying(
            Received.Malformed.class, m -> assertThat(m.reason()).contains("5 bytes"));
  }

  @Test
  void bytesThatAreNoMessageAreMalformed() throws IOException {
    byte[] badUtf8 = ByteString.fromHex("06" + "0a04" + "0a02ffff").toByteArray();

    assertThat(decode(badUtf8)).isInstanceOf(Received.Malformed.class);
  }

  @Test
  void theLargestMessagePassesAndOneByteMoreIsRefused() throws IOException {
    int overhead = run("", List.of("x".repeat(60_000))).getSerializedSize() - 60_000;
    ThinRequest largest = run("", List.of("x".repeat(ThinFraming.MAX_MESSAGE_BYTES - overhead)));
    ThinRequest tooLarge =
        run("", List.of("x".repeat(ThinFraming.MAX_MESSAGE_BYTES - overhead + 1)));

    assertThat(decode(bytes(ThinFraming.encode(largest))))
        .isEqualTo(new Received.Message<>(largest));
    assertThatThrownBy(() -> ThinFraming.encode(tooLarge))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65537")
        .hasMessageContaining("Maybe");
  }

  private static ThinRequest run(String instance, List<String> argv) {
    return ThinRequest.newBuilder()
        .setRun(
            RunRequest.newBuilder()
                .setInstance(instance)
                .addAllArgv(argv)
                .putAllEnvironment(Map.of("A", "b")))
        .build();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] result = new byte[buffer.remaining()];
    buffer.get(result);
    return result;
  }

  private static Received<ThinRequest> decode(byte[] bytes) throws IOException {
    return ThinFraming.decode(new ByteArrayInputStream(bytes)::read, ThinRequest.parser());
  }
}
