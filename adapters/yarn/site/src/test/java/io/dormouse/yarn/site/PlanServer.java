package io.dormouse.yarn.site;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Stands where the controller would, to give the ResourceManager's plugin any plan. */
final class PlanServer implements AutoCloseable {
  private final AtomicReference<JsonNode> view = new AtomicReference<>();
  private final HttpServer server;
  private volatile String plan = "";

  PlanServer(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    server =
        HttpServer.create(
            new InetSocketAddress(
                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
            0);
    server.createContext("/", this::serve);
    server.start();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      view.set(new JsonMapper().readTree(exchange.getRequestBody()));
      byte[] body = plan.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(
          body.length == 0 ? 204 : 200, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** From now on views are answered so; returns once the plugin had a beat to apply it. */
  void release(long czxid, List<String> containers) {
    plan =
        containers.stream()
            .map(id -> "release " + id + "\n")
            .collect(
                Collectors.joining(
                    "", "dormouse-plan 1\nepoch 2 " + czxid + "\nvalid-millis 60000\n", "end\n"));
    awaitView();
    awaitView();
    awaitView();
  }

  /** The containers of the next view. */
  List<String> containers() {
    return StreamSupport.stream(awaitView().get("containers").spliterator(), false)
        .map(JsonNode::asText)
        .toList();
  }

  private JsonNode awaitView() {
    view.set(null);
    return await().atMost(Duration.ofSeconds(30)).until(view::get, seen -> seen != null);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
