package io.dormouse.controller.rest;

import io.dormouse.controller.history.HistoryDatabase;
import io.dormouse.controller.machine.ControllerView;
import io.dormouse.controller.machine.Input;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP interface. */
public final class RestServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RestServer.class);
  private static final int THREADS_MAX = 16;

  private final Javalin javalin;

  /**
   * What the interface shows and steers.
   *
   * @param view the newest view
   * @param history decisions and outcomes
   * @param metrics what is measured
   * @param inputs takes operators' commands
   * @param live whether the controller's loop runs
   */
  public record Backend(
      Supplier<ControllerView> view,
      HistoryDatabase history,
      Metrics metrics,
      Consumer<Input> inputs,
      BooleanSupplier live) {}

  /**
   * Where to listen.
   *
   * @param port 0 for any that is free
   * @param maxRequestBytes largest request
   */
  public record Settings(String bind, int port, Tokens tokens, long maxRequestBytes) {}

  private RestServer(Javalin javalin) {
    this.javalin = javalin;
  }

  /**
   * Begins to listen.
   *
   * @throws UncheckedIOException when the address can't be used
   */
  public static RestServer start(Settings settings, Backend backend) {
    Javalin javalin = Javalin.create(config -> configure(config, settings, backend));
    try {
      javalin.start(settings.bind(), settings.port());
    } catch (JavalinBindException taken) {
      throw new UncheckedIOException(
          "The address of the HTTP interface (%s:%d) can't be used.%nMaybe another controller runs here: choose another rest.port."
              .formatted(settings.bind(), settings.port()),
          new IOException(taken));
    }
    LOG.info("rest={}:{}", settings.bind(), javalin.port());
    return new RestServer(javalin);
  }

  /** The port it listens at. */
  public int port() {
    return javalin.port();
  }

  @Override
  public void close() {
    javalin.stop();
  }

  private static void configure(JavalinConfig config, Settings settings, Backend backend) {
    config.startup.showJavalinBanner = false;
    config.http.maxRequestSize = settings.maxRequestBytes();
    config.jetty.threadPool = new QueuedThreadPool(THREADS_MAX);
    for (Routes.Route route : new Routes(backend).all()) {
      config.routes.addHttpHandler(route.method(), route.path(), route.handler(), route.role());
    }
    config.routes.beforeMatched(context -> authorize(context, settings.tokens()));
    config.routes.exception(Problem.Answer.class, (e, context) -> tell(context, e.problem()));
    config.routes.exception(
        HttpResponseException.class,
        (e, context) ->
            tell(
                context,
                new Problem(
                    e.getStatus(),
                    "Not served",
                    String.valueOf(e.getMessage()),
                    "see /api/v1/openapi.yaml for what is served.")));
    config.routes.exception(Exception.class, RestServer::failed);
  }

  private static void authorize(Context context, Tokens tokens) {
    Optional<String> header = Optional.ofNullable(context.header("Authorization"));
    for (var role : context.routeRoles()) {
      if (role instanceof Role wanted && !tokens.allow(wanted, header)) {
        throw new Problem.Answer(
            new Problem(
                header.isPresent() ? 403 : 401,
                "Not allowed",
                "The bearer token must be one of %s.".formatted(wanted),
                "the token file's content is to be sent as Authorization: Bearer TOKEN."));
      }
    }
  }

  private static void failed(Exception error, Context context) {
    LOG.error("path={} state=failed", context.path(), error);
    tell(
        context,
        new Problem(
            500, "Internal error", "The request failed.", "the controller's log says why."));
  }

  private static void tell(Context context, Problem problem) {
    Problem whole =
        new Problem(problem.status(), problem.title(), problem.detail(), "Maybe " + problem.fix());
    context
        .status(problem.status())
        .contentType("application/problem+json")
        .result(Documents.problem(whole).toString());
  }
}
