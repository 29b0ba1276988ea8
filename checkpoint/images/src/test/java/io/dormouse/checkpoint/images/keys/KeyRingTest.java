package io.dormouse.checkpoint.images.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRingTest {
  @TempDir Path folder;
  private Path domains;
  private MasterKey master;
  private KeyRing ring;

  @BeforeEach
  void open() throws IOException {
    domains = folder.resolve("domains");
    master = MasterKey.readOrCreate(folder.resolve("master.key"));
    ring = new KeyRing(domains, List.of(master));
  }

  @Test
  void aDomainKeepsItsSecretAndNoOtherHasIt() throws Exception {
    byte[] secret = ring.secret("uid-1000");

    assertThat(ring.secret("uid-1000")).isEqualTo(secret).hasSize(KeyRing.SECRET_BYTES);
    assertThat(ring.secret("uid-1001")).isNotEqualTo(secret);
    assertThat(new KeyRing(domains, List.of(readAgain())).existingSecret("uid-1000"))
        .isEqualTo(secret);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(domains)))
        .isEqualTo("rwx------");
  }

  private MasterKey readAgain() throws IOException {
    return MasterKey.read(folder.resolve("master.key"));
  }

  @Test
  void writersThatMeetAgreeOnOneSecret() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<List<Byte>>> readers = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        readers.add(() -> com.google.common.primitives.Bytes.asList(ring.secret("shared")));
      }
      List<List<Byte>> secrets = new ArrayList<>();
      for (Future<List<Byte>> reader : threads.invokeAll(readers)) {
        secrets.add(reader.get());
      }
      assertThat(secrets.stream().distinct()).hasSize(1);
    } finally {
      threads.shutdownNow();
    }
    try (var files = Files.list(domains)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void rotationKeepsTheSecretAndRetiresTheOldMaster() throws Exception {
    byte[] secret = ring.secret("uid-1000");
    MasterKey next = MasterKey.readOrCreate(folder.resolve("next.key"));
    KeyRing both = new KeyRing(domains, List.of(next, master));

    assertThat(both.rotate()).isEqualTo(1);
    assertThat(both.rotate()).as("done already").isZero();

    assertThat(new KeyRing(domains, List.of(next)).existingSecret("uid-1000")).isEqualTo(secret);
    assertThatThrownBy(() -> ring.existingSecret("uid-1000"))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining(next.id())
        .hasMessageContaining("Maybe");
  }

  @Test
  void anErasedDomainIsGoneForGood() throws Exception {
    byte[] secret = ring.secret("uid-1000");

    assertThat(ring.erase("uid-1000")).isTrue();

    assertThat(ring.erase("uid-1000")).isFalse();
    assertThatThrownBy(() -> ring.existingSecret("uid-1000"))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("erased");
    assertThat(ring.secret("uid-1000")).isNotEqualTo(secret);
  }

  @Test
  void aSecretUnderAnotherDomainsNameIsRefused() throws Exception {
    ring.secret("uid-1000");
    Files.move(domains.resolve("uid-1000.key"), domains.resolve("uid-0.key"));

    assertThatThrownBy(() -> ring.existingSecret("uid-0")).isInstanceOf(KeyException.class);
  }

  @Test
  void everyChangedByteIsFound() throws Exception {
    ring.secret("uid-1000");
    Path file = domains.resolve("uid-1000.key");
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < whole.length - 1; i++) {
      byte[] bad = whole.clone();
      bad[i] = (byte) (bad[i] == '0' ? '1' : '0');
      Files.write(file, bad);
      assertThatThrownBy(() -> ring.existingSecret("uid-1000")).isInstanceOf(KeyException.class);
    }
  }

  @Test
  void aKeyThatOthersMayReadIsRefused() throws Exception {
    Path file = folder.resolve("master.key");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> MasterKey.read(file))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("chmod 600");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "dormouse-master-key 1", "dormouse-master-key 2 00", "hello"})
  void aMalformedMasterKeyIsRefused(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("bad.key"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    assertThatThrownBy(() -> MasterKey.read(file)).isInstanceOf(KeyException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../x", "a/b", "A", ".hidden"})
  void aNameThatIsNoFileNameIsRefused(String domain) {
    assertThatThrownBy(() -> ring.secret(domain)).isInstanceOf(IllegalArgumentException.class);
  }
}
