package io.dormouse.yarn.adapter;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The adapter's configuration.
 *
 * @param resourceManager host and port of the ResourceManager's client protocol
 * @param poolTokenFile holds the warm pool's bearer token
 * @param pluginListen where the ResourceManager's plugin sends its views
 * @param pluginTokenFile holds the token that the plugin must show; empty to take any
 * @param pool the pool that all nodes belong to
 * @param releaseGrace how long a hibernated instance's container may linger before the plugin is
 *     told to release it
 */
public record YarnSettings(
    String resourceManager,
    Path poolTokenFile,
    InetSocketAddress pluginListen,
    Optional<Path> pluginTokenFile,
    String pool,
    Duration releaseGrace) {
  /** Key of {@link #resourceManager}. */
  public static final String RESOURCE_MANAGER = "rm.address";

  /** Key of {@link #poolTokenFile}. */
  public static final String POOL_TOKEN_FILE = "pool.token-file";

  /** Key of {@link #pluginListen}. */
  public static final String PLUGIN_LISTEN = "plugin.listen";

  /** Key of {@link #pluginTokenFile}. */
  public static final String PLUGIN_TOKEN_FILE = "plugin.token-file";

  /** Key of {@link #pool}. */
  public static final String POOL = "pool.name";

  /** Key of {@link #releaseGrace}, milliseconds. */
  public static final String RELEASE_GRACE = "release-grace-ms";

  private static final Set<String> KEYS =
      Set.of(
          RESOURCE_MANAGER, POOL_TOKEN_FILE, PLUGIN_LISTEN, PLUGIN_TOKEN_FILE, POOL, RELEASE_GRACE);

  /**
   * Reads settings.
   *
   * @throws IllegalArgumentException for unknown keys, missing or bad values
   */
  public static YarnSettings from(Map<String, String> settings) {
    Set<String> unknown = new TreeSet<>(settings.keySet());
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "The keys %s of the yarn adapter are unknown.%nMaybe one of %s was meant."
              .formatted(unknown, new TreeSet<>(KEYS)));
    }
    String resourceManager = required(settings, RESOURCE_MANAGER);
    address(RESOURCE_MANAGER, resourceManager);
    return new YarnSettings(
        resourceManager,
        Path.of(required(settings, POOL_TOKEN_FILE)),
        address(PLUGIN_LISTEN, required(settings, PLUGIN_LISTEN)),
        Optional.ofNullable(settings.get(PLUGIN_TOKEN_FILE)).map(Path::of),
        settings.getOrDefault(POOL, "default"),
        millis(RELEASE_GRACE, settings.getOrDefault(RELEASE_GRACE, "5000")));
  }

  private static String required(Map<String, String> settings, String key) {
    String value = settings.get(key);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(
          "The %s of the yarn adapter must be set.%nMaybe the site's settings were not copied."
              .formatted(key));
    }
    return value;
  }

  private static InetSocketAddress address(String key, String text) {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon > 0 && port >= 0) {
        return new InetSocketAddress(text.substring(0, colon), port);
      }
    } catch (IllegalArgumentException e) {
      throw badAddress(key, text, e);
    }
    throw badAddress(key, text, null);
  }

  private static IllegalArgumentException badAddress(
      String key, String text, @org.jspecify.annotations.Nullable Throwable cause) {
    return new IllegalArgumentException(
        "The %s (%s) must be HOST:PORT.%nMaybe the port is missing.".formatted(key, text), cause);
  }

  private static Duration millis(String key, String text) {
    try {
      long value = Long.parseLong(text);
      if (value > 0) {
        return Duration.ofMillis(value);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "The %s (%s) must be a number of milliseconds.".formatted(key, text), e);
    }
    throw new IllegalArgumentException("The %s (%s) must be positive.".formatted(key, text));
  }
}
