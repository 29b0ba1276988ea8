package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What CRIU runs once its dump is complete: it holds the processes until that has ended. */
@Timeout(60)
class HeldDumpTest {
  @TempDir Path directory;
  private Process script;

  private HeldDump.Post post() throws IOException {
    return HeldDump.Post.open(directory);
  }

  private void run(HeldDump.Post post) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(post.script().toString());
    builder.environment().put("CRTOOLS_SCRIPT_ACTION", "post-dump");
    script = builder.start();
  }

  private int ended() throws InterruptedException {
    assertThat(script.waitFor(10, TimeUnit.SECONDS)).as("it goes on").isTrue();
    return script.exitValue();
  }

  @AfterEach
  void end() throws InterruptedException {
    script.destroyForcibly().waitFor();
  }

  @Test
  void itDoesAsItIsTold() throws Exception {
    for (boolean complete : new boolean[] {true, false}) {
      HeldDump.Post post = post();
      run(post);
      Awaitility.await().until(post::isReached);
      assertThat(script.isAlive()).isTrue();

      post.answer(complete ? "complete" : "undo");

      assertThat(ended() == 0).isEqualTo(complete);
      post.close();
    }
  }

  @Test
  void whereNobodyIsLeftToTellItItGoesOn() throws Exception {
    HeldDump.Post post = post();
    run(post);
    Awaitility.await().until(post::isReached);

    post.answer().close();

    assertThat(ended()).isOne();
    assertThat(post.directory()).doesNotExist();
  }

  @Test
  void whereNobodyWasLeftWhenItCameItGoesOnToo() throws Exception {
    HeldDump.Post post = post();
    post.answer().close();

    run(post);

    assertThat(ended()).isOne();
    assertThat(post.directory()).doesNotExist();
  }

  @Test
  void itGoesOnWhereItsPostIsGone() throws Exception {
    HeldDump.Post post = post();
    post.answer().close();
    Path script = post.script();
    Path kept = java.nio.file.Files.copy(script, directory.resolve("kept"));
    assertThat(kept.toFile().setExecutable(true)).isTrue();
    post.close();

    ProcessBuilder builder = new ProcessBuilder(kept.toString());
    builder.environment().put("CRTOOLS_SCRIPT_ACTION", "post-dump");
    this.script = builder.redirectErrorStream(true).start();

    assertThat(ended()).isNotZero();
  }
}
