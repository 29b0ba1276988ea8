package io.dormouse.yarn.adapter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dormouse.checkpoint.agentapi.TokenFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the views of the ResourceManager's plugin and answers with the plan. Thread-safe. */
final class PluginEndpoint implements AutoCloseable {
  static final String PATH = "/v1/yarn/view";
  private static final Logger LOG = LoggerFactory.getLogger(PluginEndpoint.class);
  private static final int BODY_BYTES_MAX = 64 << 20;
  private static final int THREADS = 2;

  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(THREADS, PluginEndpoint::daemon);
  private final Optional<byte[]> authorization;
  private final Consumer<PluginView> views;
  private final Supplier<Optional<String>> plan;

  /**
   * Starts to listen.
   *
   * @param plan the plan's text, if there is one; must not block
   * @throws IOException when the address is taken or the token can't be read
   */
  PluginEndpoint(YarnSettings settings, Consumer<PluginView> views, Supplier<Optional<String>> plan)
      throws IOException {
    this.views = views;
    this.plan = plan;
    authorization =
        settings.pluginTokenFile().isPresent()
            ? Optional.of(bytes("Bearer " + TokenFile.read(settings.pluginTokenFile().get())))
            : Optional.empty();
    server = HttpServer.create(settings.pluginListen(), THREADS);
    server.setExecutor(threads);
    server.createContext(PATH, this::serve);
    server.start();
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("POST")) {
        answer(exchange, 405, "Only POST is served here.");
      } else if (!isAllowed(exchange)) {
        answer(exchange, 401, "The plugin's token is missing or wrong.");
      } else {
        accept(exchange);
      }
    }
  }

  private void accept(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
    if (body.length > BODY_BYTES_MAX) {
      answer(exchange, 413, "The view is too long.");
      return;
    }
    try {
      views.accept(PluginView.parse(body));
    } catch (IllegalArgumentException e) {
      LOG.warn("A view of the ResourceManager's plugin was refused.", e);
      answer(exchange, 400, String.valueOf(e.getMessage()));
      return;
    }
    Optional<String> text = plan.get();
    if (text.isPresent()) {
      answer(exchange, 200, text.get());
    } else {
      exchange.sendResponseHeaders(204, -1);
    }
  }

  private boolean isAllowed(HttpExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    return authorization.isEmpty()
        || (given != null && MessageDigest.isEqual(bytes(given), authorization.get()));
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = bytes(text);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "yarn-plugin-endpoint");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
