package io.dormouse.yarn.plugin;

import java.net.MalformedURLException;
import java.net.URL;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** The plugin's part of {@code yarn-site.xml}. Immutable. */
final class PluginConfig {
  static final String PREFIX = "dormouse.yarn.";
  static final String ENDPOINT = PREFIX + "endpoint";
  static final String TOKEN_FILE = PREFIX + "token-file";
  static final String STATE_FILE = PREFIX + "state-file";
  static final String INTERVAL_MILLIS = PREFIX + "interval-ms";
  static final String CONNECT_TIMEOUT_MILLIS = PREFIX + "connect-timeout-ms";
  static final String READ_TIMEOUT_MILLIS = PREFIX + "read-timeout-ms";
  static final String RESPONSE_BYTES_MAX = PREFIX + "response-bytes-max";
  static final String ROWS_MAX = PREFIX + "rows-max";

  final @Nullable URL endpoint;
  final @Nullable String tokenFile;
  final @Nullable String stateFile;
  final int intervalMillis;
  final int connectTimeoutMillis;
  final int readTimeoutMillis;
  final int responseBytesMax;
  final int rowsMax;

  private PluginConfig(Configuration conf) {
    endpoint = url(conf.getTrimmed(ENDPOINT));
    tokenFile = conf.getTrimmed(TOKEN_FILE);
    stateFile = conf.getTrimmed(STATE_FILE);
    intervalMillis = positive(conf, INTERVAL_MILLIS, 1_000);
    connectTimeoutMillis = positive(conf, CONNECT_TIMEOUT_MILLIS, 1_000);
    readTimeoutMillis = positive(conf, READ_TIMEOUT_MILLIS, 3_000);
    responseBytesMax = positive(conf, RESPONSE_BYTES_MAX, 1 << 20);
    rowsMax = positive(conf, ROWS_MAX, 200_000);
  }

  /**
   * Reads the configuration.
   *
   * @throws IllegalArgumentException for a bad value
   */
  static PluginConfig from(Configuration conf) {
    return new PluginConfig(conf);
  }

  private static @Nullable URL url(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      URL url = new URL(text);
      if (!url.getProtocol().equals("http") && !url.getProtocol().equals("https")) {
        throw new MalformedURLException("unsupported protocol " + url.getProtocol());
      }
      return url;
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(
          String.format(
              "The %s (%s) must be an http or https address.%nMaybe the scheme is missing.",
              ENDPOINT, text),
          e);
    }
  }

  private static int positive(Configuration conf, String key, int byDefault) {
    int value = conf.getInt(key, byDefault);
    if (value <= 0) {
      throw new IllegalArgumentException(
          String.format(
              "The %s (%d) must be positive.%nMaybe leave it out: it is %d then.",
              key, value, byDefault));
    }
    return value;
  }
}
