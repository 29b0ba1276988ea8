package io.dormouse.controller.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokensTest {
  private static final String TOKEN = "a-token-of-many-characters";

  @TempDir Path folder;

  private Path file(String permissions) throws IOException {
    Path file = Files.writeString(folder.resolve("token"), TOKEN + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void aPrivateFileIsRead() throws IOException {
    assertThat(Tokens.read(file("rw-------"))).isEqualTo(TOKEN);
    assertThat(Tokens.read(file("r--------"))).isEqualTo(TOKEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-rw----"})
  void aFileThatOthersCanReachIsRefused(String permissions) throws IOException {
    Path file = file(permissions);

    assertThatThrownBy(() -> Tokens.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(permissions)
        .hasMessageContaining("Maybe run: chmod 600");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> Tokens.read(folder.resolve("none")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none")
        .hasMessageContaining("Maybe ");
  }
}
