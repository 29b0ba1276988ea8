package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DebianSourcesTest {
  private Path apt = Path.of("");
  private Path osRelease = Path.of("");
  private Path keyring = Path.of("");

  @BeforeEach
  void machine(@TempDir Path directory) throws IOException {
    apt =
        Files.createDirectories(directory.resolve("apt/sources.list.d")).resolve("..").normalize();
    osRelease =
        Files.writeString(
            directory.resolve("os-release"), "ID=debian\nVERSION_CODENAME=\"bookworm\"\n");
    keyring = Files.writeString(directory.resolve("keyring.gpg"), "keys");
  }

  @Test
  void deb822AndOneLineEntriesOfThisReleaseAreRead() throws IOException {
    Files.writeString(
        apt.resolve("sources.list.d/debian.sources"),
        "Types: deb\n# note\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n\nTypes: deb\nEnabled: no\nURIs: http://off.example/debian\nSuites: bookworm\n");
    Files.writeString(
        apt.resolve("sources.list"),
        "deb [arch=amd64 signed-by=/x] http://second.example/debian bookworm main\n# deb http://no.example/debian bookworm main\ndeb-src http://src.example/debian bookworm main\n");
    Files.writeString(
        apt.resolve("sources.list.d/other.list"),
        "deb http://vendor.example/repo vendor-bookworm main\n");

    DebianSources sources = TestTools.ok(read());

    assertThat(sources.mirrors())
        .containsExactly("http://second.example/debian", "http://mirror.example/debian");
    assertThat(sources.entries())
        .extracting(DebianSources.Entry::suite)
        .containsExactly("bookworm", "bookworm", "bookworm-updates");
  }

  @Test
  void otherDistributionsAndMachinesWithoutMirrorOrKeysAreToldSo() throws IOException {
    assertThat(message()).contains("no mirror");
    keyring = apt.resolve("none");
    assertThat(message()).contains("debian-archive-keyring");
    Files.writeString(osRelease, "ID=fedora\n");
    assertThat(message()).contains("not Debian").contains("Maybe");
  }

  private String message() {
    return read() instanceof Outcome.Failed<DebianSources> failed ? failed.failure().message() : "";
  }

  private Outcome<DebianSources> read() {
    return DebianSources.read(osRelease, apt, List.of(keyring));
  }
}
