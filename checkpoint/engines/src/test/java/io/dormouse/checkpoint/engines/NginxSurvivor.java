package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A master with two workers: the same worker answers the same connection, and its log agrees. */
final class NginxSurvivor implements Survivor {
  private static final String CONFIG =
      """
      user root root;
      daemon off;
      worker_processes 2;
      pid nginx.pid;
      error_log error.log;
      events { worker_connections 64; }
      http {
        access_log access.log;
        keepalive_timeout 600s;
        client_body_temp_path temporary;
        proxy_temp_path temporary;
        fastcgi_temp_path temporary;
        uwsgi_temp_path temporary;
        scgi_temp_path temporary;
        server {
          listen 127.0.0.1:%d;
          location = /who { return 200 "$pid $connection $connection_requests"; }
          location = /status { stub_status; }
        }
      }
      """;
  private int port;
  private String who = "";
  private @Nullable LineClient client;

  @Override
  public Launch prepare(Path directory, Home home) throws IOException {
    Path programs = InstanceFiles.createPassable(directory.resolve("programs"));
    PrivateRoot root = TestPrograms.nginx();
    port = LineClient.freePort();
    Path config = Files.writeString(programs.resolve("nginx.conf"), CONFIG.formatted(port));
    List<String> argv = new ArrayList<>(root.command("usr/sbin/nginx"));
    argv.addAll(List.of("-p", home.inside(), "-e", "error.log", "-c", config.toString()));
    return new Launch(argv, List.of(programs, root.path()));
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

  @Override
  public void live(Home home) throws IOException {
    for (int i = 1; i <= 10; i++) {
      who = client().get("/who");
      assertThat(who).endsWith(" " + i);
    }
  }

  @Override
  public void meanwhile() throws IOException {
    client().request("/who");
  }

  @Override
  public void prove(Home home) throws IOException {
    String workerAndConnection = who.substring(0, who.lastIndexOf(' '));
    assertThat(client().answer()).isEqualTo(workerAndConnection + " 11");
    for (int i = 0; i < 5; i++) {
      try (LineClient later = LineClient.connect(port)) {
        assertThat(later.get("/who")).endsWith(" 1");
      }
    }
    // Accepted and handled connections, and requests: kept in memory that the workers share.
    assertThat(client().get("/status")).contains(" 6 6 17");
    // It writes its log when it has answered.
    Awaitility.await()
        .atMost(Home.LIMIT)
        .until(() -> Files.readAllLines(home.work().resolve("access.log")).size() == 17);
  }

  @Override
  public void close() throws IOException {
    if (client != null) {
      client.close();
    }
  }
}
