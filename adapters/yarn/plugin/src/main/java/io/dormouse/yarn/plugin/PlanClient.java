package io.dormouse.yarn.plugin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.jspecify.annotations.Nullable;

/** Sends a view to the adapter and reads its plan. Blocks; used by the publisher's thread alone. */
final class PlanClient {
  private static final int TOKEN_BYTES_MAX = 4_096;

  private final URL endpoint;
  private final PluginConfig config;

  PlanClient(URL endpoint, PluginConfig config) {
    this.endpoint = endpoint;
    this.config = config;
  }

  /**
   * Posts a view.
   *
   * @return the plan, or null when the adapter has none
   */
  @Nullable ReleasePlan post(String json) throws IOException, ReleasePlan.MalformedPlanException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    HttpURLConnection connection = (HttpURLConnection) endpoint.openConnection(Proxy.NO_PROXY);
    try {
      prepare(connection, body.length);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body);
      }
      int status = connection.getResponseCode();
      if (status == HttpURLConnection.HTTP_NO_CONTENT) {
        return null;
      }
      if (status != HttpURLConnection.HTTP_OK) {
        throw new IOException("The adapter answered with HTTP status " + status + ".");
      }
      return ReleasePlan.parse(readBounded(connection));
    } finally {
      connection.disconnect();
    }
  }

  private void prepare(HttpURLConnection connection, int length) throws IOException {
    connection.setRequestMethod("POST");
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setDoOutput(true);
    connection.setConnectTimeout(config.connectTimeoutMillis);
    connection.setReadTimeout(config.readTimeoutMillis);
    connection.setFixedLengthStreamingMode(length);
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setRequestProperty("Accept", "text/plain");
    if (config.tokenFile != null) {
      connection.setRequestProperty(
          "Authorization", "Bearer " + token(Paths.get(config.tokenFile)));
    }
  }

  private static String token(Path file) throws IOException {
    if (Files.size(file) > TOKEN_BYTES_MAX) {
      throw new IOException("The token file (" + file + ") is too long. Maybe it is another file.");
    }
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).trim();
  }

  private String readBounded(HttpURLConnection connection) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[8_192];
    try (InputStream in = connection.getInputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        bytes.write(buffer, 0, n);
        if (bytes.size() > config.responseBytesMax) {
          throw new IOException(
              "The answer is longer than "
                  + config.responseBytesMax
                  + " bytes. Maybe raise "
                  + PluginConfig.RESPONSE_BYTES_MAX
                  + ".");
        }
      }
    }
    return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
  }
}
