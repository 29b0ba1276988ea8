package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ten thousand keys, a log on disk, one connection; it says by itself who it is and what it has.
 */
final class RedisSurvivor implements Survivor {
  private static final int KEYS = 10_000;
  private static final Pattern RUN = Pattern.compile("run_id:(\\w+)");
  private static final Pattern UPTIME = Pattern.compile("uptime_in_seconds:(\\d+)");

  private int port;
  private String digest = "";
  private String run = "";
  private long uptimeSeconds;
  private @Nullable LineClient client;

  @Override
  public Launch prepare(Path directory, Home home) throws IOException {
    PrivateRoot root = TestPrograms.redis();
    port = LineClient.freePort();
    List<String> argv = new ArrayList<>(root.command("usr/bin/redis-server"));
    argv.addAll(List.of("--bind", "127.0.0.1", "--port", Integer.toString(port)));
    argv.addAll(List.of("--dir", home.inside(), "--appendonly", "yes", "--save", ""));
    argv.addAll(List.of("--enable-debug-command", "yes", "--logfile", "redis.log"));
    return new Launch(argv, List.of(root.path()));
  }

  // Its files are in this user's cache, where nobody else looks.
  @Override
  public boolean isForNobody() {
    return false;
  }

  private LineClient client() {
    client = client == null ? LineClient.connect(port) : client;
    return client;
  }

  int port() {
    return port;
  }

  @Override
  public void live(Home home) throws IOException {
    for (int i = 0; i < KEYS; i++) {
      client().say("SET key:" + i + " value-" + i * 31L);
    }
    for (int i = 0; i < KEYS; i++) {
      assertThat(client().hear()).isEqualTo("+OK");
    }
    assertThat(client().ask("INCR hits")).isEqualTo(":1");
    digest = client().ask("DEBUG DIGEST");
    String info = info();
    run = first(RUN, info);
    uptimeSeconds = Long.parseLong(first(UPTIME, info));
  }

  @Override
  public void meanwhile() throws IOException {
    client().say("DEBUG DIGEST");
    client().say("INCR hits");
  }

  @Override
  public void prove(Home home) throws IOException {
    assertThat(client().hear()).isEqualTo(digest);
    assertThat(client().hear()).isEqualTo(":2");
    assertThat(client().ask("DBSIZE")).isEqualTo(":" + (KEYS + 1));
    assertThat(client().ask("GET key:4711")).isEqualTo("$12");
    assertThat(client().hear()).isEqualTo("value-146041");
    String info = info();
    assertThat(first(RUN, info)).as("it did not start anew").isEqualTo(run);
    assertThat(Long.parseLong(first(UPTIME, info))).isGreaterThanOrEqualTo(uptimeSeconds);
    digest = client().ask("DEBUG DIGEST");
    assertThat(client().ask("DEBUG LOADAOF")).as("what it wrote to disk").isEqualTo("+OK");
    assertThat(client().ask("DEBUG DIGEST")).isEqualTo(digest);
  }

  private String info() throws IOException {
    int length = Integer.parseInt(client().ask("INFO server").substring(1));
    String text = client().hear(length);
    client().hear();
    return text;
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }

  @Override
  public void close() throws IOException {
    if (client != null) {
      client.close();
    }
  }
}
