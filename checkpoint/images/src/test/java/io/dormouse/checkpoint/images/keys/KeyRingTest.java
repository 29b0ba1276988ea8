package io.dormouse.checkpoint.images.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRingTest {
  @TempDir Path folder;
  private final ExecutorService worker = Executors.newSingleThreadExecutor();
  private Path domains;
  private KeyRing ring;

  @AfterEach
  void stop() {
    worker.shutdownNow();
  }

  @BeforeEach
  void open() throws IOException {
    domains = folder.resolve("domains");
    ring = new KeyRing(folder).withMaster();
  }

  @Test
  void aDomainKeepsItsSecretAndNoOtherHasIt() throws Exception {
    byte[] secret = ring.secret("uid-1000");

    assertThat(ring.secret("uid-1000")).isEqualTo(secret).hasSize(KeyRing.SECRET_BYTES);
    assertThat(ring.secret("uid-1001")).isNotEqualTo(secret);
    assertThat(new KeyRing(folder).existingSecret("uid-1000")).isEqualTo(secret);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(domains)))
        .isEqualTo("rwx------");
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
  void anErasedDomainIsGoneForGood() throws Exception {
    byte[] secret = ring.secret("uid-1000");

    Path left = Files.writeString(domains.resolve(".dead.tmp"), "a writer died");

    assertThat(ring.erase("uid-1000")).isTrue();

    assertThat(left).doesNotExist();
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
  void aTruncatedKeyIsRefusedAndCanStillBeErased() throws Exception {
    ring.secret("uid-1000");
    Path file = domains.resolve("uid-1000.key");
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length - 1; length += 7) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> ring.existingSecret("uid-1000"))
          .isInstanceOf(KeyException.class)
          .hasMessageContaining("Maybe restore");
    }
    assertThat(ring.facts().domains())
        .singleElement()
        .satisfies(domain -> assertThat(domain.trouble()).contains("malformed"));
    assertThat(ring.erase("uid-1000")).isTrue();
    assertThat(ring.domains()).isEmpty();
  }

  @Test
  void noNewMasterKeyIsMadeBesideOldSecrets() throws Exception {
    ring.secret("uid-1000");
    Files.delete(folder.resolve("master.key"));

    assertThatThrownBy(() -> StoreKeys.in(folder))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("no master.key")
        .hasMessageContaining("Maybe ");
    assertThatThrownBy(() -> ring.secret("uid-1001")).isInstanceOf(KeyException.class);
  }

  @Test
  void whoHoldsTheLockTooLongIsTold() throws Exception {
    KeyRing impatient = new KeyRing(folder, Duration.ofMillis(30));
    new KeyLock(folder, Duration.ofSeconds(9))
        .hold(
            () -> {
              Future<byte[]> waiting = worker.submit(() -> impatient.secret("uid-1000"));
              assertThatThrownBy(waiting::get)
                  .hasCauseInstanceOf(KeyException.class)
                  .hasMessageContaining("Maybe a rotation is under way");
              return true;
            });
    assertThat(impatient.secret("uid-1000")).hasSize(KeyRing.SECRET_BYTES);
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
  @ValueSource(
      strings = {
        "",
        "dormouse-master-key 1",
        "dormouse-master-key 1 00112233445566778899aabbccddeeff00112233445566778899aabbccddee",
        "dormouse-master-key 2 00",
        "hello"
      })
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
