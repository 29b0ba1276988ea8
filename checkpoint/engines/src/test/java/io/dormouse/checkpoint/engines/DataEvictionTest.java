package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.nio.file.ExtendedOpenOption;
import io.dormouse.checkpoint.images.Trees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** This process is the instance, or a stranger to it: it holds the files in all ways there are. */
class DataEvictionTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int SIZE = 1 << 20;
  private static final DataEviction EVICTION =
      new DataEviction(new DataEviction.Limits(1, 100, 1 << 30), LIMIT);

  @TempDir Path folder;
  private Path root;
  private Path file;

  @BeforeEach
  void make() throws IOException {
    Outcome<Done> holes = DataEviction.probe(folder, LIMIT);
    assumeTrue(holes instanceof Outcome.Ok, () -> "no holes here: " + holes);
    root = Files.createDirectory(folder.resolve("root"));
    Files.createDirectory(root.resolve("work"));
    Files.createDirectory(root.resolve("tmp"));
    file = write("work/data", SIZE);
  }

  @Property(tries = 20)
  void everythingComesBackAsItWas(@ForAll long seed) throws Exception {
    Path home = Files.createTempDirectory("eviction");
    try {
      assumeTrue(DataEviction.probe(home, LIMIT) instanceof Outcome.Ok, "no holes here");
      Path tree = Files.createDirectory(home.resolve("tree"));
      InstanceData data = DataTree.grow(tree, seed);
      Map<String, String> before = DataTree.look(tree);
      long allocated = DataTree.allocatedBytes(tree);
      Outcome<EvictionPlan> planned = EVICTION.plan(data);
      if (planned instanceof Outcome.Ok<EvictionPlan> plan) {
        Path image = Files.createDirectory(home.resolve("image"));
        SavedData saved = ok(EVICTION.save(plan.value(), image));
        ok(EVICTION.evict(saved));
        // A file in many pieces may keep, or get, a block that says where they are.
        long mapBytes = 4096L * plan.value().files();
        assertThat(DataTree.allocatedBytes(tree))
            .isLessThanOrEqualTo(allocated - plan.value().allocatedBytes() + mapBytes);
        ok(EVICTION.refill(data, image));
        assertThat(DataTree.allocatedBytes(tree)).isLessThanOrEqualTo(allocated + mapBytes);
      }
      assertThat(DataTree.look(tree)).isEqualTo(before);
    } finally {
      Trees.delete(home);
    }
  }

  @Test
  void refillsAgainAndAfterHalfAnEvictionToo() throws IOException {
    Path other = write("work/other", SIZE / 2);
    Map<String, String> before = DataTree.look(root);
    Path image = Files.createDirectory(folder.resolve("image"));
    ok(EVICTION.save(plan(), image));

    // As if killed between the holes of two files, and before a time was put right.
    assertThat(new ProcessBuilder("fallocate", "-p", "-o", "0", "-l", "" + SIZE, other.toString()))
        .satisfies(tool -> assertThat(tool.start().waitFor()).isZero());
    assertThat(DataTree.look(root)).isNotEqualTo(before);
    ok(EVICTION.refill(data(), image));
    assertThat(DataTree.look(root)).isEqualTo(before);
    ok(EVICTION.refill(data(), image));
    assertThat(DataTree.look(root)).isEqualTo(before);
  }

  @Test
  void descriptorsThatAreOpenSeeTheSameFileAfterwards() throws IOException {
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ)) {
      InstanceData own = data(ProcessHandle.current().pid());
      Path image = Files.createDirectory(folder.resolve("image"));
      ok(EVICTION.evict(ok(EVICTION.save(ok(EVICTION.plan(own)), image))));
      assertThat(DataTree.allocatedBytes(file)).isZero();
      ok(EVICTION.refill(own, image));
      var buffer = java.nio.ByteBuffer.allocate(SIZE);
      assertThat(open.read(buffer, 0)).isEqualTo(SIZE);
      assertThat(buffer.array()).containsOnly(7);
    }
  }

  @Test
  void staysWhatIsMapped() throws IOException {
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ)) {
      var mapped = open.map(MapMode.READ_ONLY, 0, SIZE);
      assertThat(kept(ProcessHandle.current().pid())).containsOnlyKeys(DataVerdict.MAPPED);
      assertThat(kept()).containsOnlyKeys(DataVerdict.SHARED);
      assertThat(mapped.get(0)).isEqualTo((byte) 7);
    }
  }

  @Test
  void staysWhatIsLocked() throws IOException {
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE);
        var lock = open.lock(10, 20, false)) {
      assertThat(lock.isValid()).isTrue();
      assertThat(kept(ProcessHandle.current().pid())).containsOnlyKeys(DataVerdict.LOCKED);
    }
  }

  @Test
  void staysWhatIsOpenElsewhere() throws IOException {
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ)) {
      assertThat(open.isOpen()).isTrue();
      assertThat(kept()).containsOnlyKeys(DataVerdict.SHARED);
    }
  }

  @Test
  void staysWhatIsOpenForDirectAccess() throws IOException {
    try (FileChannel open =
        FileChannel.open(file, StandardOpenOption.READ, ExtendedOpenOption.DIRECT)) {
      assertThat(open.isOpen()).isTrue();
      assertThat(kept(ProcessHandle.current().pid())).containsOnlyKeys(DataVerdict.DIRECT);
    }
  }

  @Test
  void staysWhatIsWatched() throws IOException {
    try (WatchService watch = root.getFileSystem().newWatchService()) {
      root.resolve("work").register(watch, StandardWatchEventKinds.ENTRY_MODIFY);
      assertThat(kept(ProcessHandle.current().pid())).containsOnlyKeys(DataVerdict.WATCHED);
    }
  }

  @Test
  void staysWhatHasANameElsewhereOrASpecialModeOrTimeOrIsNearlyEmpty() throws IOException {
    Files.createLink(folder.resolve("outside"), file);
    Path special = write("work/special", SIZE);
    assertThat(new ProcessBuilder("chmod", "4755", special.toString()))
        .satisfies(tool -> assertThat(tool.start().waitFor()).isZero());
    Path sparse = write("work/sparse", 4096);
    try (FileChannel channel = FileChannel.open(sparse, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap(new byte[] {1}), 1L << 40);
    }
    Files.setLastModifiedTime(
        write("work/old", SIZE), FileTime.from(java.time.Instant.ofEpochSecond(-5)));
    assertThat(kept())
        .containsOnlyKeys(
            DataVerdict.LINKED, DataVerdict.SPECIAL, DataVerdict.SPARSE, DataVerdict.DATED);
  }

  @Test
  void takesTheLargestFirst() throws IOException {
    write("tmp/larger", 2 * SIZE);
    DataEviction one = new DataEviction(new DataEviction.Limits(1, 1, 1 << 30), LIMIT);

    EvictionPlan plan = ok(one.plan(data()));

    assertThat(plan.evictedFiles()).extracting(DataFile::path).containsExactly("/tmp/larger");
    assertThat(plan.kept()).containsExactly(Map.entry(DataVerdict.TOO_MANY, 1));
  }

  @Test
  void neverFollowsALinkThatTookTheFilesPlace() throws IOException {
    SavedData saved = ok(EVICTION.save(plan(), Files.createDirectory(folder.resolve("image"))));
    Path victim = Files.write(folder.resolve("victim"), new byte[SIZE]);
    Files.delete(file);
    Files.createSymbolicLink(file, victim);

    assertThat(EVICTION.evict(saved)).isInstanceOf(Outcome.Failed.class);
    assertThat(EVICTION.refill(data(), folder.resolve("image"))).isInstanceOf(Outcome.Failed.class);
    assertThat(DataTree.allocatedBytes(victim)).isEqualTo(SIZE);
  }

  @Test
  void leavesAFileThatChangedAfterItWasCopied() throws IOException {
    SavedData saved = ok(EVICTION.save(plan(), Files.createDirectory(folder.resolve("image"))));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

    assertThat(EVICTION.evict(saved).toString()).contains("DataChanged", "/work/data");
    assertThat(DataTree.allocatedBytes(file)).isEqualTo(SIZE);
  }

  @Test
  void refusesToFillAFileOfAnotherLengthAndOneThatIsGone() throws IOException {
    Path image = Files.createDirectory(folder.resolve("image"));
    ok(EVICTION.evict(ok(EVICTION.save(plan(), image))));
    Files.write(file, new byte[1], StandardOpenOption.APPEND);
    assertThat(EVICTION.refill(data(), image).toString()).contains("DataChanged");

    Files.delete(file);
    assertThat(EVICTION.refill(data(), image).toString()).contains("DataChanged", "gone");
  }

  private EvictionPlan plan() {
    return ok(EVICTION.plan(data()));
  }

  private Map<DataVerdict, Integer> kept(Long... pids) {
    Outcome<EvictionPlan> plan =
        new DataEviction(new DataEviction.Limits(1, 1, 1), LIMIT).plan(data(pids));
    assertThat(plan).isInstanceOf(Outcome.Failed.class);
    EngineFailure failure = ((Outcome.Failed<EvictionPlan>) plan).failure();
    String words = ((EngineFailure.NothingToEvict) failure).kept();
    return Arrays.stream(DataVerdict.values())
        .filter(verdict -> words.contains(" " + verdict.words()))
        .collect(java.util.stream.Collectors.toMap(verdict -> verdict, verdict -> 1));
  }

  private InstanceData data(Long... pids) {
    return new InstanceData("i", root, List.of("work", "tmp"), List.of(pids));
  }

  private Path write(String name, int bytes) throws IOException {
    byte[] content = new byte[bytes];
    Arrays.fill(content, (byte) 7);
    return Files.write(root.resolve(name), content);
  }
}
