package io.dormouse.checkpoint.agentapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortFileTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  @Test
  void everyoneCanReadTheLatestPortAndNothingElseIsLeft() throws IOException {
    Path file = folder.resolve("port");
    PortFile.write(file, 1234);
    PortFile.write(file, 56);

    assertThat(file).hasContent("56\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r--r--");
    assertThat(folder.toFile().list()).containsExactly("port");
  }

  @Test
  void aMissingFolderIsNamed() {
    assertThatThrownBy(() -> PortFile.write(folder.resolve("none/port"), 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none/port")
        .hasMessageContaining("Maybe ");
  }
}
