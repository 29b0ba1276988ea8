package io.dormouse.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.hosts.HostAbilities;
import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.hosts.RestoreVerdict.Kind;
import io.dormouse.checkpoint.hosts.RestoreVerdict.No;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.Manifest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StaleImagesTest {
  private static final Set<String> OLD_CPU = Set.of("avx2", "sse2");

  private static HostFingerprint host(String kernel, Set<String> cpu) {
    return new HostFingerprint(
        kernel, "cpu", new TreeSet<>(cpu), "glibc 2.36", "v2", "ext4", "criu 4.2.1");
  }

  private static Image image(String name, HostFingerprint host, boolean claimed) {
    ImageMetadata metadata =
        new ImageMetadata(
            new ImageId(name, new UUID(1, 2)),
            Optional.empty(),
            "capsule",
            1000,
            1000,
            "spec",
            Instant.EPOCH,
            10,
            host);
    Manifest.Contents contents =
        new Manifest.Contents("uid-1000", 1, 1, 1, 1, List.of(), "a".repeat(64));
    return new Image.Published(new Manifest(3, metadata, contents), claimed);
  }

  @Test
  void aKernelThatWentBackOrACpuThatLostSomethingStrandsImages() {
    HostAbilities now =
        new HostAbilities(
            host("6.1.0", OLD_CPU),
            Map.of("capsule", new Probe(true, "criu 4.2.1", "it works")),
            new Probe(false, "", "no GPU"));
    Image same = image("a", host("6.1.0", OLD_CPU), false);
    Image fromNewerKernel = image("b", host("6.18.2", OLD_CPU), false);
    Image fromBetterCpu = image("c", host("5.10.1", Set.of("avx512f", "avx2")), false);
    Image woken = image("d", host("6.18.2", OLD_CPU), true);

    Map<Image, No> stale =
        StaleImages.among(List.of(same, fromNewerKernel, fromBetterCpu, woken), now);

    assertThat(stale.keySet()).containsExactly(fromNewerKernel, fromBetterCpu);
    assertThat(stale.get(fromNewerKernel).reasons())
        .singleElement()
        .satisfies(r -> assertThat(r.kind()).isEqualTo(Kind.KERNEL));
    assertThat(stale.get(fromBetterCpu).text()).contains("avx512f");
  }
}
