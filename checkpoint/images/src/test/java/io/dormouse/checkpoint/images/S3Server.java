package io.dormouse.checkpoint.images;

import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A real S3 server in a process of its own, so that it can be killed; its bucket is a folder. */
final class S3Server {
  static final String ACCESS_KEY = "tester";
  static final String SECRET_KEY = "testers-secret";
  private static final String BUCKET = "images";

  private final Path folder;
  private final int port;
  private @Nullable Process process;

  /**
   * Sets one up.
   *
   * @param authorization {@code aws-v4}, or {@code none} where requests are tampered with
   */
  S3Server(Path folder, String authorization) throws IOException {
    this.folder = folder;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
    Files.createDirectories(folder.resolve("buckets").resolve(BUCKET));
    Properties properties = new Properties();
    properties.putAll(
        Map.of(
            "s3proxy.endpoint",
            "http://127.0.0.1:" + port,
            "s3proxy.authorization",
            authorization,
            "s3proxy.identity",
            ACCESS_KEY,
            "s3proxy.credential",
            SECRET_KEY,
            "s3proxy.jetty.max-threads",
            "40",
            "jclouds.provider",
            "filesystem",
            "jclouds.filesystem.basedir",
            folder.resolve("buckets").toString()));
    try (Writer out = Files.newBufferedWriter(folder.resolve("s3proxy.conf"))) {
      properties.store(out, null);
    }
  }

  int port() {
    return port;
  }

  void start() throws IOException {
    Path log = folder.resolve("s3proxy.log");
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "org.gaul.s3proxy.Main",
                "--properties",
                folder.resolve("s3proxy.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Awaitility.await("the server of " + log).atMost(Duration.ofSeconds(60)).until(this::listens);
  }

  private boolean listens() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  void kill() throws IOException {
    Process running = process;
    process = null;
    if (running != null) {
      running.destroyForcibly();
      try {
        if (!running.waitFor(30, TimeUnit.SECONDS)) {
          throw new IOException("the server does not die");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A backend with its credentials in a site's file. */
  RemoteBackend backend(Map<String, String> more) throws IOException {
    Path site = Files.createTempDirectory(folder, "site");
    Map<String, String> properties = new java.util.HashMap<>();
    properties.put("fs.s3a.endpoint", "http://127.0.0.1:" + port);
    properties.put("fs.s3a.endpoint.region", "us-east-1");
    properties.put("fs.s3a.path.style.access", "true");
    properties.put("fs.s3a.connection.ssl.enabled", "false");
    properties.put("fs.s3a.access.key", ACCESS_KEY);
    properties.put("fs.s3a.secret.key", SECRET_KEY);
    properties.putAll(more);
    RemoteBackend.write(site.resolve("core-site.xml"), properties);
    return new RemoteBackend(URI.create("s3a://" + BUCKET), site);
  }
}
