package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** A client that talks over one connection all the time, and never looks up. */
final class StreamSurvivor implements Survivor {
  private final CompletableFuture<Void> talk = new CompletableFuture<>();
  private final AtomicLong answers = new AtomicLong();
  private volatile boolean over;
  private int port;
  private long before;

  @Override
  public Launch prepare(Path directory, Home home) throws IOException {
    port = LineClient.freePort();
    return JvmSurvivor.launch(port);
  }

  @Override
  public void live(Home home) {
    Thread talker = new Thread(this::talk);
    talker.setDaemon(true);
    talker.start();
    Awaitility.await().atMost(Home.LIMIT).until(() -> answers.get() > 100 || talk.isDone());
  }

  private void talk() {
    try (LineClient client = LineClient.connect(port)) {
      for (long n = 1; !over; n++) {
        assertThat(client.ask("line-" + n)).startsWith("line-%d %d sound ".formatted(n, n));
        answers.set(n);
      }
      talk.complete(null);
    } catch (IOException | RuntimeException | AssertionError e) {
      talk.completeExceptionally(e);
    }
  }

  @Override
  public void meanwhile() {
    before = answers.get();
    assertThat(talk).isNotDone();
  }

  @Override
  public void prove(Home home) {
    Awaitility.await()
        .atMost(Home.LIMIT)
        .until(() -> answers.get() > before + 100 || talk.isDone());
    over = true;
    talk.join();
    assertThat(answers.get()).isGreaterThan(before + 100);
  }

  @Override
  public void close() {
    over = true;
  }
}
