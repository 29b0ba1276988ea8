package io.dormouse.checkpoint.images.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dormouse.checkpoint.images.blobs.StoreAccessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopSettingsTest {
  @TempDir Path folder;

  private Configuration load(Optional<Path> directory) throws IOException {
    return new HadoopSettings(directory, folder.resolve("parts")).load();
  }

  @Test
  void oursBoundRetriesAndWhatASiteSaysWins() throws IOException {
    assertThat(load(Optional.empty()).getInt("fs.s3a.retry.limit", 7)).isEqualTo(2);
    Files.writeString(
        folder.resolve("core-site.xml"),
        """
        <configuration>
          <property><name>fs.s3a.retry.limit</name><value>5</value></property>
          <property><name>fs.s3a.multipart.size</name><value>5M</value></property>
          <property><name>fs.s3a.committer.magic.enabled</name><value>true</value></property>
        </configuration>
        """);
    Files.writeString(
        folder.resolve("hdfs-site.xml"),
        "<configuration><property><name>dfs.replication</name><value>2</value></property></configuration>");

    Configuration site = load(Optional.of(folder));

    assertThat(site.getInt("fs.s3a.retry.limit", 7)).isEqualTo(5);
    assertThat(site.getInt("dfs.replication", 3)).isEqualTo(2);
    assertThat(site.getLongBytes("fs.s3a.multipart.size", 0))
        .as("a manifest is one request")
        .isGreaterThan(32 << 20);
    assertThat(site.getBoolean("fs.s3a.committer.magic.enabled", true)).isFalse();
  }

  @Test
  void whatIsToBeSentIsNobodyElses() throws IOException {
    assertThat(load(Optional.empty()).get("fs.s3a.buffer.dir"))
        .isEqualTo(folder.resolve("parts").toString());
    assertThat(Files.getPosixFilePermissions(folder.resolve("parts")))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void aDirectoryWithoutConfigurationIsSaid() {
    assertThatExceptionOfType(StoreAccessException.class)
        .isThrownBy(() -> load(Optional.of(folder.resolve("none"))))
        .withMessageContaining("core-site.xml");
  }
}
