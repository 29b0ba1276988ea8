package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.images.ManifestJson.MalformedManifestException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestJsonTest {
  private static final Manifest MANIFEST =
      new Manifest(
          4,
          new ImageMetadata(
              new ImageId("w", new UUID(3, 4)),
              Optional.empty(),
              "capsule",
              1000,
              1000,
              "spec",
              Instant.parse("2026-03-01T12:00:00.123456Z"),
              10,
              new HostFingerprint(
                  "6.1",
                  "cpu",
                  new TreeSet<>(Set.of("avx2", "sse2")),
                  "glibc 2.36",
                  "v2",
                  "ext4",
                  "criu 4.2.1"),
              true),
          new Manifest.Contents(
              "uid-1000", 3, 50, 40, 30, List.of(new UUID(5, 6)), "a".repeat(64)));

  @Test
  void whatWasWrittenIsRead() throws Exception {
    assertThat(ManifestJson.read(ManifestJson.write(MANIFEST))).isEqualTo(MANIFEST);
  }

  private static String ofVersion(int version) throws Exception {
    return new String(ManifestJson.write(MANIFEST), StandardCharsets.UTF_8)
        .replace("\"formatVersion\" : 4", "\"formatVersion\" : " + version)
        .replaceFirst("\\s*\"holdsGpu\" : true,", "");
  }

  @Test
  void versionsBeforeAreRead() throws Exception {
    Manifest read = ManifestJson.read(ofVersion(3).getBytes(StandardCharsets.UTF_8));

    assertThat(read.formatVersion()).isEqualTo(3);
    assertThat(read.metadata().holdsGpu()).isFalse();
    assertThat(read.metadata().host()).isEqualTo(MANIFEST.metadata().host());
  }

  @Test
  void theFirstVersionIsRead() throws Exception {
    String early =
        ofVersion(2)
            .replaceAll(
                "(?s)\"host\" : \\{.*?}",
                "\"host\" : {\"kernelRelease\" : \"6.1\", \"cpuModel\" : \"cpu\", \"cpuFlagsSha256\" : \"ab\", \"toolVersion\" : \"criu 4.2.1\"}");

    Manifest read = ManifestJson.read(early.getBytes(StandardCharsets.UTF_8));

    assertThat(read.formatVersion()).isEqualTo(2);
    assertThat(read.metadata().host()).isEqualTo(HostFingerprint.early("6.1", "cpu", "criu 4.2.1"));
  }

  @ParameterizedTest
  @CsvSource({
    "\"formatVersion\" : 4, \"formatVersion\" : 5",
    "\"formatVersion\" : 4, \"formatVersion\" : 3",
    "\"holdsGpu\" : true, \"holdsGpu\" : 1",
    "\"formatVersion\" : 4, \"formatVersion\" : 2",
    "\"formatVersion\" : 4, \"formatVersion\" : 1",
    "\"formatVersion\" : 4, \"formatVersion\" : 4294967299",
    "\"avx2\", 2",
    "\"libc\", \"lobc\"",
    "\"storedBytes\" : 40, \"storedBytes\" : 20",
    "\"files\" : 3, \"files\" : 0",
    "\"files\" : 3, \"files\" : 99999999999",
    "\"fileBytes\" : 50, \"fileBytes\" : -5",
    "00000000-0000-0005, 00000000-xxxx-0005",
    "aaaaaaaa, aaaaaaa",
    "\"specHash\", \"specHush\"",
    "\"instance\" : \"w\", \"instance\" : \"../w\"",
    "\"ownerUid\" : 1000, \"ownerUid\" : \"root\"",
    "2026-03-01T12, yesterday",
    "\"engine\" : \"capsule\", \"engine\" : \"capsule\"\\, \"engine\" : \"other\""
  })
  void whatIsNotExactlyAManifestIsRefused(String from, String to) throws Exception {
    String json = new String(ManifestJson.write(MANIFEST), StandardCharsets.UTF_8);
    String changed = json.replace(from, to.replace("\\,", ","));
    assertThat(changed).isNotEqualTo(json);

    assertThatThrownBy(() -> ManifestJson.read(changed.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(MalformedManifestException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "[]", "{}", "{\"formatVersion\":3}", "[[[[[[[[[[[[[[]]]]]]]]]]]]]]"})
  void otherJsonIsRefused(String json) {
    assertThatThrownBy(() -> ManifestJson.read(json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(MalformedManifestException.class);
  }

  /** Damage is an answer, never a crash, and never another manifest of the same bytes by luck. */
  @Property(tries = 500)
  void damagedManifestIsReadOrRefused(
      @ForAll @IntRange(min = 0, max = 5_000) int at, @ForAll byte flip) throws Exception {
    byte[] json = ManifestJson.write(MANIFEST);
    json[at % json.length] ^= flip;
    try {
      assertThat(ManifestJson.read(json).formatVersion()).isBetween(2, 4);
    } catch (MalformedManifestException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
