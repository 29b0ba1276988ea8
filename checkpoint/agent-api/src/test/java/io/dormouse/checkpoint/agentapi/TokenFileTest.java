package io.dormouse.checkpoint.agentapi;

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

class TokenFileTest {
  private static final String TOKEN = "0123456789abcdef";

  @TempDir private Path folder;

  @Test
  void readsATokenOfAnOwnerOnlyFile() throws IOException {
    assertThat(TokenFile.read(file(TOKEN + "\n", "rw-------"))).isEqualTo(TOKEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx------"})
  void refusesAFileThatOthersMayTouch(String permissions) throws IOException {
    Path file = file(TOKEN, permissions);

    assertThatThrownBy(() -> TokenFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(permissions)
        .hasMessageContaining("chmod 600");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "with a space in its middle", "0123456789abcdef\u00e9"})
  void refusesATokenThatIsNone(String token) throws IOException {
    Path file = file(token, "rw-------");

    assertThatThrownBy(() -> TokenFile.read(file)).hasMessageContaining("printable ASCII");
  }

  @Test
  void refusesAFileThatIsTooLarge() throws IOException {
    Path file = file("x".repeat(5000), "rw-------");

    assertThatThrownBy(() -> TokenFile.read(file)).hasMessageContaining("1024");
  }

  private Path file(String content, String permissions) throws IOException {
    Path file = folder.resolve("token");
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    return file;
  }
}
