package io.dormouse.checkpoint.images;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before an S3 server and spoils what passes. */
final class UnreliableProxy implements AutoCloseable {
  /** The client sets them itself. */
  private static final Set<String> OWN =
      Set.of("host", "connection", "content-length", "expect", "upgrade");

  /** What it does. */
  enum Vice {
    /** Drops If-None-Match, as older servers do. */
    FORGET_CONDITIONS,
    /** Loses the first answer to each PUT, as networks do. */
    LOSE_ANSWERS
  }

  private final int target;
  private final Vice vice;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger spoilt = new AtomicInteger();
  private final Set<String> lost = ConcurrentHashMap.newKeySet();

  UnreliableProxy(int target, Vice vice) throws IOException {
    this.target = target;
    this.vice = vice;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.setExecutor(threads);
    server.createContext("/", this::forward);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** How often it did. */
  int spoilt() {
    return spoilt.get();
  }

  private void forward(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + target + exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              String small = name.toLowerCase(Locale.ROOT);
              if (small.equals("if-none-match") && vice == Vice.FORGET_CONDITIONS) {
                spoilt.incrementAndGet();
              } else if (!OWN.contains(small)) {
                values.forEach(value -> request.header(name, value));
              }
            });
    try {
      var response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      if (!isLost(exchange)) {
        answer(exchange, response);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      exchange.close();
    }
  }

  private boolean isLost(HttpExchange exchange) {
    boolean loses =
        vice == Vice.LOSE_ANSWERS
            && exchange.getRequestMethod().equals("PUT")
            && lost.add(exchange.getRequestURI().getPath());
    spoilt.addAndGet(loses ? 1 : 0);
    return loses;
  }

  private static void answer(HttpExchange exchange, HttpResponse<byte[]> response)
      throws IOException {
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              boolean head = exchange.getRequestMethod().equals("HEAD");
              if ((head || !name.equalsIgnoreCase("content-length"))
                  && !name.equalsIgnoreCase("transfer-encoding")) {
                exchange.getResponseHeaders().put(name, values);
              }
            });
    byte[] body = response.body();
    exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
