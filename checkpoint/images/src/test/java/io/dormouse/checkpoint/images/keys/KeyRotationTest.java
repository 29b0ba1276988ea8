package io.dormouse.checkpoint.images.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRotationTest {
  @TempDir Path folder;
  private KeyRing ring;

  @BeforeEach
  void open() throws IOException {
    ring = StoreKeys.in(folder).ring();
  }

  private Map<String, String> secrets() throws IOException {
    Map<String, String> secrets = new TreeMap<>();
    for (String domain : ring.domains()) {
      secrets.put(domain, HexFormat.of().formatHex(ring.existingSecret(domain)));
    }
    return secrets;
  }

  private void makeDomains(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      assertThat(ring.secret("uid-" + (1000 + i))).hasSize(KeyRing.SECRET_BYTES);
    }
  }

  @Test
  void secretsStayAndTheOldMasterGoes() throws IOException {
    makeDomains(3);
    String first = ring.masterId();
    Map<String, String> before = secrets();

    KeyRotation.Done done = ring.rotation().run();

    assertThat(done.from()).isEqualTo(first);
    assertThat(done.to()).isEqualTo(ring.masterId()).isNotEqualTo(first);
    assertThat(done.rewrapped()).containsExactly("uid-1000", "uid-1001", "uid-1002");
    assertThat(done.retired()).containsExactly(first);
    assertThat(done.resumed()).isFalse();
    assertThat(secrets()).isEqualTo(before);
    assertThat(ring.knewMaster(first)).as("stores are marked with it").isTrue();
    assertThat(Files.readString(folder.resolve("older").resolve(first + ".key")))
        .isEqualTo("dormouse-retired-key 1\n");
    assertThat(Files.readString(folder.resolve("domains/uid-1000.key"))).contains(done.to());
  }

  @Test
  void rotatingTwiceRetiresBoth() throws IOException {
    makeDomains(2);
    Map<String, String> before = secrets();
    String first = ring.rotation().run().from();
    String second = ring.rotation().run().from();

    assertThat(secrets()).isEqualTo(before);
    KeyFacts facts = ring.facts();
    assertThat(facts.retired()).containsExactlyInAnyOrder(first, second);
    assertThat(facts.isRotating()).isFalse();
    assertThat(facts.domains())
        .allSatisfy(domain -> assertThat(domain.master()).contains(facts.master()));
    assertThat(ring.knewMaster(first) && ring.knewMaster(second)).isTrue();
    assertThat(ring.knewMaster("0123456789abcdef")).isFalse();
  }

  /** Dies before each of its steps in turn, now and then again while it is taken up. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void diesAnywhereAndNothingIsLost(long seed) throws IOException {
    Random random = new Random(seed);
    makeDomains(1 + random.nextInt(4));
    Map<String, String> before = secrets();
    List<String> masters = new ArrayList<>(List.of(ring.masterId()));
    int steps = ring.domains().size() + 3;
    for (int dies = 0; dies < steps; dies++) {
      dieBefore(dies, random);
      assertReadable(before, masters);
      while (random.nextInt(3) == 0) {
        dieBefore(random.nextInt(steps), random);
        assertReadable(before, masters);
      }
      KeyRotation.Done done = ring.rotation().run();
      masters.add(done.to());
      assertReadable(before, masters);
      assertThat(ring.facts().isRotating()).isFalse();
      assertThat(ring.facts().domains())
          .allSatisfy(domain -> assertThat(domain.master()).contains(done.to()));
      assertNothingLeftBehind();
    }
  }

  private void dieBefore(int step, Random random) {
    int[] taken = {0};
    assertThatThrownBy(
            () -> {
              KeyRotation.Done done =
                  ring.rotation()
                      .watched(
                          what -> {
                            if (taken[0]++ == step) {
                              leaveHalfAFile(random);
                              throw new IOException("died before " + what);
                            }
                          })
                      .run();
              throw new IOException("died after " + done.to());
            })
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("died");
  }

  private void leaveHalfAFile(Random random) throws IOException {
    Path where =
        List.of(folder, folder.resolve("domains"), folder.resolve("older")).get(random.nextInt(3));
    if (Files.isDirectory(where)) {
      Files.writeString(where.resolve("." + random.nextInt() + ".tmp"), "dormouse-master-");
    }
  }

  private void assertReadable(Map<String, String> before, List<String> masters) throws IOException {
    assertThat(StoreKeys.in(folder).ring().masterId()).as("it opens").isNotEmpty();
    assertThat(secrets()).isEqualTo(before);
    for (String master : masters) {
      assertThat(ring.knewMaster(master)).isTrue();
    }
  }

  private void assertNothingLeftBehind() throws IOException {
    try (var all = Files.walk(folder)) {
      assertThat(all.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.endsWith(".tmp"));
    }
  }

  @Test
  void whatWasBrokenOffIsTakenUpWithoutAnotherMaster() throws IOException {
    makeDomains(2);
    String first = ring.masterId();
    KeyRotation dying =
        ring.rotation()
            .watched(
                step -> {
                  if (step.equals("rewrap uid-1001")) {
                    throw new IOException("died");
                  }
                });
    assertThatThrownBy(dying::run).hasMessage("died");
    String second = ring.masterId();
    assertThat(ring.facts().older()).containsExactly(first);

    KeyRotation.Done plan = ring.rotation().plan();
    KeyRotation.Done done = ring.rotation().run();

    assertThat(done).isEqualTo(plan);
    assertThat(done.resumed()).isTrue();
    assertThat(done.from()).isEqualTo(first);
    assertThat(done.to()).isEqualTo(second);
    assertThat(done.rewrapped()).containsExactly("uid-1001");
  }

  @Test
  void aPlanChangesNothing() throws IOException {
    makeDomains(2);
    String first = ring.masterId();

    assertThat(ring.rotation().plan().rewrapped()).hasSize(2);

    assertThat(ring.masterId()).isEqualTo(first);
    assertThat(folder.resolve("older")).doesNotExist();
  }

  @Test
  void whereASecretCanNotBeReadNothingIsChanged() throws IOException {
    makeDomains(2);
    String first = ring.masterId();
    Path bad = folder.resolve("domains/uid-1001.key");
    Files.writeString(bad, "dormouse-domain-key 1 ");

    assertThatThrownBy(() -> ring.rotation().run())
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("uid-1001");

    assertThat(ring.masterId()).isEqualTo(first);
    assertThat(folder.resolve("older")).doesNotExist();
  }

  @Test
  void anOlderMasterMustBeItsOwnersAndItself() throws IOException {
    makeDomains(1);
    String first = ring.masterId();
    KeyRotation dying =
        ring.rotation()
            .watched(
                step -> {
                  if (step.startsWith("rewrap")) {
                    throw new IOException("died");
                  }
                });
    assertThatThrownBy(dying::run).hasMessage("died");
    Path older = folder.resolve("older").resolve(first + ".key");
    Files.setPosixFilePermissions(older, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> ring.existingSecret("uid-1000")).hasMessageContaining("chmod 600");
    Files.setPosixFilePermissions(older, PosixFilePermissions.fromString("rw-------"));
    String right = Files.readString(older);
    Files.writeString(older, right.substring(0, 40));
    assertThatThrownBy(() -> ring.existingSecret("uid-1000")).isInstanceOf(KeyException.class);
    Files.writeString(older, Files.readString(folder.resolve("master.key")));
    assertThatThrownBy(() -> ring.existingSecret("uid-1000"))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining("another master key");
    Files.writeString(older, right);
    assertThat(ring.existingSecret("uid-1000")).hasSize(KeyRing.SECRET_BYTES);
  }

  @Test
  void aCopyWithoutOlderMastersSaysWhatIsMissing() throws IOException {
    makeDomains(1);
    String domain = Files.readString(folder.resolve("domains/uid-1000.key"));
    String first = ring.rotation().run().from();
    Files.writeString(folder.resolve("domains/uid-1000.key"), domain);

    assertThatThrownBy(() -> ring.existingSecret("uid-1000"))
        .isInstanceOf(KeyException.class)
        .hasMessageContaining(first)
        .hasMessageContaining("Maybe only a part");
  }

  /** Each with a ring of its own, as agents on several hosts have. */
  @Test
  void othersReadAndMakeSecretsWhileItRotates() throws Exception {
    makeDomains(3);
    Map<String, String> before = secrets();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<Integer>> agents = new ArrayList<>();
      for (int agent = 0; agent < 2; agent++) {
        int first = 2000 + 100 * agent;
        agents.add(threads.submit(() -> use(new KeyRing(folder), before, first)));
      }
      for (int i = 0; i < 8; i++) {
        assertThat(ring.rotation().run().resumed()).isFalse();
      }
      for (Future<Integer> agent : agents) {
        assertThat(agent.get()).isEqualTo(8);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(secrets()).containsAllEntriesOf(before).hasSize(19);
  }

  private static int use(KeyRing agent, Map<String, String> before, int first) throws IOException {
    for (int i = 0; i < 8; i++) {
      byte[] made = agent.secret("uid-" + (first + i));
      assertThat(agent.existingSecret("uid-" + (first + i))).isEqualTo(made);
      for (Map.Entry<String, String> old : before.entrySet()) {
        assertThat(HexFormat.of().formatHex(agent.existingSecret(old.getKey())))
            .isEqualTo(old.getValue());
      }
    }
    return 8;
  }
}
