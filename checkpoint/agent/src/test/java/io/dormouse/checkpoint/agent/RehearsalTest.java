package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.hosts.ThisHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
  @TempDir Path folder;

  @Test
  void leaves_nothing_also_of_one_that_was_cut_short() throws IOException {
    Path directory = folder.resolve("rehearsal");
    Files.createDirectories(directory.resolve("images/left"));

    assertThat(rehearsal(directory).run()).isTrue();

    assertThat(directory).doesNotExist();
  }

  @Test
  void tells_where_images_do_not_work() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThat(rehearsal(file.resolve("rehearsal")).run()).isFalse();
  }

  private Rehearsal rehearsal(Path directory) throws IOException {
    return new Rehearsal(directory, ThisHost.fingerprint("none", folder));
  }
}
