package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class InstanceFilesTest {
  @TempDir Path directory = Path.of("");

  @Test
  void deletingTakesAllOfItAndFollowsNoLink() throws IOException {
    Path victim = victim();
    InstanceFiles files = new InstanceFiles(directory.resolve("i"));
    Path work = Files.createDirectories(files.layer().resolve("work/a/b"));
    Files.writeString(work.resolve("file"), "x");
    Files.createSymbolicLink(work.resolve("link"), victim.getParent());
    Files.createSymbolicLink(work.resolve("dangling"), directory.resolve("nowhere"));

    files.delete();

    assertThat(files.directory()).doesNotExist();
    assertThat(victim).hasContent("kept");
    files.delete();
  }

  @Test
  void directoryThatIsSwappedForALinkOnceItIsHeldStaysTheSame() throws IOException {
    Path victim = victim();
    Path real = directory.toRealPath();
    Path work = Files.createDirectory(real.resolve("work"));
    Files.writeString(work.resolve("victim"), "goes");
    try (HeldDirectory held = HeldDirectory.open(work)) {
      Files.move(work, real.resolve("elsewhere"));
      Files.createSymbolicLink(work, victim.getParent());

      held.deleteIfExists(Path.of("victim"));
    }

    assertThat(victim).hasContent("kept");
    assertThat(real.resolve("elsewhere")).isEmptyDirectory();
    assertThatThrownBy(() -> HeldDirectory.open(work)).isInstanceOf(IOException.class);
  }

  @Test
  void anUnpackedLayerIsOpenToItsOwnerOnlyOnceItIsComplete() throws IOException {
    Path packed = Files.createDirectories(directory.resolve("packed/work")).getParent();
    Path archive = directory.resolve("layer.tar");
    ok(Layer.pack(packed, archive, Duration.ofSeconds(20)));
    Path truncated = directory.resolve("truncated.tar");
    Files.write(truncated, java.util.Arrays.copyOf(Files.readAllBytes(archive), 700));

    assertThat(Layer.unpack(truncated, directory.resolve("broken"), Duration.ofSeconds(20)))
        .isInstanceOf(Outcome.Failed.class);
    ok(Layer.unpack(archive, directory.resolve("whole"), Duration.ofSeconds(20)));

    assertThat(mode("broken")).isEqualTo("rwx------");
    assertThat(mode("whole")).isEqualTo("rwx--x--x");
  }

  private String mode(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name)));
  }

  private Path victim() throws IOException {
    Path outside = Files.createDirectory(directory.toRealPath().resolve("outside"));
    return Files.writeString(outside.resolve("victim"), "kept");
  }
}
