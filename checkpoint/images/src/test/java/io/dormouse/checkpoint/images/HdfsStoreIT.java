package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores on HDFS: a NameNode and two DataNodes. */
class HdfsStoreIT implements BlobsContract, ImageStoreContract, ServerFaults {
  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // before all tests
  private static MiniDFSCluster cluster;

  @SuppressWarnings("NullAway.Init") // before all tests
  private static RemoteBackend backend;

  private static final List<MiniDFSCluster.DataNodeProperties> STOPPED = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    Configuration settings = new Configuration();
    settings.setInt("dfs.replication", 2);
    settings.setLong("dfs.namenode.fs-limits.min-block-size", 1 << 20);
    cluster =
        new MiniDFSCluster.Builder(settings, folder.resolve("dfs").toFile())
            .numDataNodes(2)
            .build();
    cluster.waitActive();
    Path site = Files.createDirectory(folder.resolve("site"));
    RemoteBackend.write(
        site.resolve("core-site.xml"), Map.of("fs.defaultFS", cluster.getURI().toString()));
    RemoteBackend.write(
        site.resolve("hdfs-site.xml"),
        // Packs of many blocks.
        Map.of("dfs.replication", "2", "dfs.blocksize", Integer.toString(4 << 20)));
    backend = new RemoteBackend(URI.create(cluster.getURI() + "/dormouse"), site);
  }

  @AfterAll
  static void end() {
    cluster.shutdown();
  }

  @Override
  public Backend backend() {
    return backend;
  }

  @Override
  public void stopServer() throws IOException {
    for (int i = 0; i < 2; i++) {
      STOPPED.add(cluster.stopDataNode(0));
    }
    cluster.shutdownNameNode(0);
  }

  @Override
  public void startServer() throws IOException {
    cluster.restartNameNode(0, false);
    for (MiniDFSCluster.DataNodeProperties node : STOPPED) {
      assertThat(cluster.restartDataNode(node, true)).isTrue();
    }
    STOPPED.clear();
    cluster.waitActive();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !cluster.getNameNode(0).isInSafeMode());
  }

  @Test
  void aLiveUploadIsNotSweptAndADeadOneIs(@TempDir Path local) throws IOException {
    StoreLocation place = backend.freshStore(local);
    Instant later = Instant.now().plus(Duration.ofHours(1));
    try (Blobs sweeper = backend.open(place)) {
      assertThat(sweeper.sweep(later)).as("nothing there").isZero();
      try (Blobs writer = backend.open(place);
          Upload live = writer.begin("a")) {
        live.write(new byte[100]);
        assertThat(sweeper.sweep(later)).isZero();
        live.commit();
      }
      leaveUpload(place);
      assertThat(sweeper.sweep(Instant.now().minusSeconds(60))).isZero();
      assertThat(sweeper.sweep(later)).isEqualTo(1);
      assertThat(sweeper.exists("a")).isTrue();
    }
  }

  /** As the NameNode leaves it once the writer's lease has run out. */
  private static void leaveUpload(StoreLocation place) throws IOException {
    try (FileSystem files = FileSystem.newInstance(cluster.getURI(), new Configuration())) {
      files.create(new org.apache.hadoop.fs.Path(place.uri().getPath() + "/uploads/dead")).close();
    }
  }

  @Test
  void onlyItsOwnerMayRead(@TempDir Path local) throws IOException {
    StoreLocation place = backend.freshStore(local);
    try (Blobs blobs = backend.open(place);
        FileSystem files = FileSystem.newInstance(cluster.getURI(), new Configuration())) {
      blobs.create("a/b", new byte[1]);

      var root = new org.apache.hadoop.fs.Path(place.uri().getPath());
      assertThat(files.getFileStatus(root).getPermission().toString()).isEqualTo("rwx------");
      RemoteIterator<? extends FileStatus> all = files.listFiles(root, true);
      while (all.hasNext()) {
        assertThat(all.next().getPermission().toString()).isEqualTo("rw-------");
      }
    }
  }

  @Test
  void theConfiguredFileSystemIsMeantWithoutAHost(@TempDir Path local) throws IOException {
    StoreLocation named = backend.freshStore(local);
    URI unnamed = URI.create("hdfs://" + named.uri().getPath());
    try (Blobs blobs = backend.open(named);
        Blobs same =
            backend.open(
                new StoreLocation(
                    unnamed, named.spool(), named.keys(), named.hadoopConfiguration()))) {
      blobs.create("a", new byte[1]);
      assertThat(same.exists("a")).isTrue();
    }
  }
}
