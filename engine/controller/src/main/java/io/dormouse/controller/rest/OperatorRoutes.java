package io.dormouse.controller.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.dormouse.controller.machine.Input;
import io.dormouse.controller.machine.Mode;
import io.dormouse.controller.machine.MoveWish;
import io.dormouse.controller.machine.WishAnswer;
import io.dormouse.controller.rest.Routes.Route;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators can have done. Goes to the state machine as inputs, and into the audit log. */
final class OperatorRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(OperatorRoutes.class);
  private static final int REASON_MAX = 500;
  private static final Duration ANSWER_MAX = Duration.ofSeconds(8);

  private final RestServer.Backend backend;

  OperatorRoutes(RestServer.Backend backend) {
    this.backend = backend;
  }

  ImmutableList<Route> all() {
    return ImmutableList.of(
        post("/api/v1/pause", context -> setMode(context, Mode.OBSERVE)),
        post("/api/v1/resume", context -> setMode(context, Mode.ACT)),
        post("/api/v1/move", this::move));
  }

  private static Route post(String path, Handler handler) {
    return new Route(HandlerType.POST, path, Role.OPERATOR, handler);
  }

  private void setMode(Context context, Mode mode) {
    String reason = reason(context);
    requireLeader();
    boolean dryRun = isDryRun(context);
    LOG.info("audit=mode mode={} dryRun={} reason=\"{}\"", mode, dryRun, quoted(reason));
    if (!dryRun) {
      backend.inputs().accept(new Input.ModeSet(mode, reason));
    }
    answer(
        context,
        Documents.object().put("mode", mode.name().toLowerCase(Locale.ROOT)).put("dryRun", dryRun));
  }

  private void move(Context context) {
    MoveWish wish =
        new MoveWish(
            name(context, "instance", InstanceId::new)
                .orElseThrow(
                    () ->
                        Problem.badRequest(
                            "The parameter instance is missing.",
                            "it is an id of /api/v1/instances.")),
            name(context, "to", NodeId::new),
            reason(context),
            isDryRun(context));
    requireLeader();
    WishAnswer answer = ask(wish);
    LOG.info(
        "audit=move instance={} to={} dryRun={} reason=\"{}\" answer=\"{}\"",
        wish.instance(),
        wish.to().map(NodeId::value).orElse("-"),
        wish.dryRun(),
        quoted(wish.reason()),
        answer);
    tell(context, wish, answer);
  }

  /** What becomes of it, once that is decided. */
  private WishAnswer ask(MoveWish wish) {
    CompletableFuture<WishAnswer> answer = new CompletableFuture<>();
    backend.inputs().accept(new Input.Wished(wish, answer::complete));
    try {
      return answer.get(ANSWER_MAX.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw noAnswer("the controller has not answered, and may begin the move still");
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The controller stops.", stopping);
    } catch (ExecutionException impossible) {
      throw new IllegalStateException("Nobody fails it.", impossible);
    }
  }

  private static Problem.Answer noAnswer(String why) {
    return new Problem.Answer(
        new Problem(
            503,
            "No answer",
            "It is not known what became of it: %s within %s.".formatted(why, ANSWER_MAX),
            "something is very busy, or just stopping: ask again later."));
  }

  private static void tell(Context context, MoveWish wish, WishAnswer answer) {
    if (answer instanceof WishAnswer.Unknown unknown) {
      throw Problem.notFound(
          unknown.reason(),
          "it has ended, or is called otherwise: see the lists of instances and nodes.");
    } else if (answer instanceof WishAnswer.Refused refused) {
      throw Problem.conflict(
          "The instance (%s) can't be moved now: %s.".formatted(wish.instance(), refused.reason()),
          "this passes: ask again later, or for another node.");
    } else if (answer instanceof WishAnswer.Begun begun) {
      context.status(wish.dryRun() ? 200 : 202);
      answer(
          context,
          Documents.object()
              .put("instance", wish.instance().value())
              .put("to", begun.to().value())
              .put("decision", begun.decision().orElse(null))
              .put("dryRun", wish.dryRun()));
    }
  }

  private interface Name<T> {
    T of(String text);
  }

  private static <T> Optional<T> name(Context context, String parameter, Name<T> kind) {
    try {
      return Optional.ofNullable(context.queryParam(parameter)).map(kind::of);
    } catch (IllegalArgumentException malformed) {
      throw Problem.badRequest(
          "The parameter %s is malformed: %s".formatted(parameter, malformed.getMessage()),
          "a character in it is not encoded.");
    }
  }

  private static String reason(Context context) {
    String reason = Optional.ofNullable(context.queryParam("reason")).orElse("none given");
    if (reason.length() > REASON_MAX) {
      throw Problem.badRequest(
          "The reason must be at most %d characters.".formatted(REASON_MAX),
          "a summary is enough.");
    }
    return reason;
  }

  private static String quoted(String reason) {
    return reason.replace('"', '\'').replaceAll("\\p{Cntrl}", " ");
  }

  private static boolean isDryRun(Context context) {
    return "true".equals(context.queryParam("dryRun"));
  }

  private void requireLeader() {
    if (!backend.view().get().leader()) {
      throw Problem.conflict(
          "This controller does not lead the cell.", "another one does: ask that one.");
    }
  }

  private static void answer(Context context, ObjectNode json) {
    context.contentType("application/json").result(json.toString());
  }
}
