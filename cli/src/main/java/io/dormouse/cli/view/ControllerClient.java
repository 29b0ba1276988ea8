package io.dormouse.cli.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import io.dormouse.controller.rest.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Speaks with a controller through its REST interface. Thread-safe. */
public final class ControllerClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int ANSWER_BYTES_MAX = 64 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI base;
  private final Optional<String> token;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();

  /**
   * Talks to the controller at {@code base}, as in {@code http://127.0.0.1:8480}.
   *
   * @param tokenFile holds the bearer token, if one is wanted
   */
  public ControllerClient(URI base, Optional<Path> tokenFile) {
    if (base.getHost() == null
        || !("http".equals(base.getScheme()) || "https".equals(base.getScheme()))) {
      throw new CommandFailure(
          ExitCode.BAD_USAGE,
          "The --url (%s) must be an http or https address.".formatted(base),
          "Maybe write it like http://127.0.0.1:8480.");
    }
    this.base = base;
    this.token = tokenFile.map(ControllerClient::readToken);
  }

  private static String readToken(Path file) {
    try {
      return Tokens.read(file);
    } catch (IOException refused) {
      throw new CommandFailure(ExitCode.BAD_USAGE, String.valueOf(refused.getMessage()), refused);
    }
  }

  /**
   * Gets a document.
   *
   * @param path below {@code /api/v1/}, encoded
   * @throws CommandFailure when there is no controller, it refuses, or knows no such thing
   */
  public JsonNode get(String path) throws InterruptedException {
    return ask(path, HttpRequest.newBuilder(base.resolve("/api/v1/" + path)).GET());
  }

  /**
   * Has something done.
   *
   * @param path below {@code /api/v1/}
   * @param parameters by name; encoded here
   * @throws CommandFailure when there is no controller, or it refuses: then with its reason
   */
  public JsonNode post(String path, Map<String, String> parameters) throws InterruptedException {
    String query =
        parameters.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
            .collect(Collectors.joining("&"));
    return ask(
        path,
        HttpRequest.newBuilder(base.resolve("/api/v1/" + path + "?" + query))
            .POST(HttpRequest.BodyPublishers.noBody()));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private JsonNode ask(String path, HttpRequest.Builder request) throws InterruptedException {
    token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
    try {
      HttpResponse<InputStream> answer =
          http.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        return understand(path, answer.statusCode(), body.readNBytes(ANSWER_BYTES_MAX));
      }
    } catch (ConnectException | HttpTimeoutException absent) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "No controller answers at %s.".formatted(base),
          "Maybe it is not running, or listens elsewhere: give --url.",
          absent);
    } catch (IOException broken) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The connection to %s broke: %s".formatted(base, broken),
          "Maybe something else than a controller listens there, or it is just stopping.",
          broken);
    }
  }

  private JsonNode understand(String path, int status, byte[] body) throws IOException {
    switch (status) {
      case 200, 202 -> {
        try {
          return JSON.readTree(body);
        } catch (JsonProcessingException foreign) {
          throw new CommandFailure(
              ExitCode.FAILED,
              "What listens at %s does not speak JSON.".formatted(base),
              "Maybe it is not a Dormouse controller: check --url.",
              foreign);
        }
      }
      case 401, 403 ->
          throw new CommandFailure(
              ExitCode.FAILED,
              "The controller at %s refused the token.".formatted(base),
              "Maybe give --token-file with the token of a viewer, or of an operator to act.");
      default -> throw refusal(path, status, body);
    }
  }

  /** In the controller's own words, if it has any. */
  private CommandFailure refusal(String path, int status, byte[] body) {
    ExitCode code = status == 404 ? ExitCode.NOTHING : ExitCode.FAILED;
    JsonNode problem = problem(body);
    if (problem.path("detail").isTextual() && problem.path("fix").isTextual()) {
      return new CommandFailure(
          code, problem.path("detail").asText(), problem.path("fix").asText());
    }
    return status == 404
        ? new CommandFailure(
            code,
            "The controller at %s knows no %s.".formatted(base, path),
            "Maybe the name has a typing error, or it is too long ago.")
        : new CommandFailure(
            code,
            "The controller at %s answered with status %d.".formatted(base, status),
            "Maybe its log says why.");
  }

  private static JsonNode problem(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (IOException foreign) {
      return JSON.missingNode();
    }
  }
}
