package io.dormouse.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.dormouse.controller.history.DecisionRow;
import io.dormouse.controller.history.HistoryDatabase;
import io.dormouse.controller.machine.ControllerView;
import io.dormouse.engine.model.InstanceId;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.util.List;

/** What can be asked. Reads come from views and from the history, never from the core itself. */
final class Routes {
  private final RestServer.Backend backend;

  Routes(RestServer.Backend backend) {
    this.backend = backend;
  }

  /** One route. */
  record Route(HandlerType method, String path, Role role, Handler handler) {}

  ImmutableList<Route> all() {
    return ImmutableList.<Route>builder()
        .addAll(reads())
        .addAll(new OperatorRoutes(backend).all())
        .build();
  }

  private ImmutableList<Route> reads() {
    return ImmutableList.of(
        get("/api/v1/status", Role.VIEWER, this::status),
        get("/api/v1/nodes", Role.VIEWER, this::nodes),
        get("/api/v1/instances", Role.VIEWER, this::instances),
        get("/api/v1/instances/<id>", Role.VIEWER, this::instance),
        get("/api/v1/verdicts/<id>", Role.VIEWER, this::verdicts),
        get("/api/v1/decisions", Role.VIEWER, this::decisions),
        get("/api/v1/decisions/{id}", Role.VIEWER, this::explain),
        get("/api/v1/explain/{id}", Role.VIEWER, this::explain),
        get("/api/v1/openapi.yaml", Role.ANYONE, Routes::openApi),
        get("/health/live", Role.ANYONE, this::live),
        get("/health/ready", Role.ANYONE, this::ready),
        get("/metrics", Role.VIEWER, this::metrics));
  }

  private static Route get(String path, Role role, Handler handler) {
    return new Route(HandlerType.GET, path, role, handler);
  }

  private ControllerView view() {
    return backend.view().get();
  }

  private void status(Context context) {
    answer(context, Documents.status(view()));
  }

  private void nodes(Context context) {
    answer(context, Documents.nodes(view()));
  }

  private void instances(Context context) {
    Page page = Page.of(context);
    List<ControllerView.InstanceView> found =
        view().instances().stream()
            .filter(
                instance ->
                    page.after()
                        .map(after -> instance.instance().id().value().compareTo(after) > 0)
                        .orElse(true))
            .limit(page.limit())
            .toList();
    ObjectNode json = Documents.object();
    ArrayNode list = json.putArray("instances");
    found.forEach(instance -> list.add(Documents.instance(instance)));
    json.put(
        "next",
        found.size() < page.limit() ? null : found.get(found.size() - 1).instance().id().value());
    answer(context, json);
  }

  private void instance(Context context) {
    answer(context, Documents.instance(find(context.pathParam("id"), view())));
  }

  private void verdicts(Context context) {
    ControllerView view = view();
    answer(context, VerdictDocuments.of(find(context.pathParam("id"), view), view));
  }

  private static ControllerView.InstanceView find(String id, ControllerView view) {
    return view.instances().stream()
        .filter(instance -> instance.instance().id().equals(idOf(id)))
        .findFirst()
        .orElseThrow(
            () ->
                Problem.notFound(
                    "The instance (%s) is unknown.".formatted(id),
                    "it has ended: see /api/v1/instances."));
  }

  private static InstanceId idOf(String id) {
    try {
      return new InstanceId(id);
    } catch (IllegalArgumentException malformed) {
      throw Problem.badRequest(
          "The instance id is malformed.", "a character in it is not encoded.");
    }
  }

  private void decisions(Context context) {
    Page page = Page.of(context);
    List<DecisionRow> found = history().decisions(page.limit(), page.after());
    ObjectNode json = Documents.object();
    ArrayNode list = json.putArray("decisions");
    found.forEach(row -> list.add(Documents.decision(row)));
    json.put("next", found.size() < page.limit() ? null : found.get(found.size() - 1).id());
    answer(context, json);
  }

  private void explain(Context context) {
    String id = context.pathParam("id");
    DecisionRow row =
        history()
            .decision(id)
            .orElseThrow(
                () ->
                    Problem.notFound(
                        "The decision (%s) is unknown.".formatted(id),
                        "it is older than the history: see /api/v1/decisions."));
    answer(context, Documents.explanation(row, history().outcomes(id)));
  }

  private HistoryDatabase history() {
    return backend.history();
  }

  private static void openApi(Context context) {
    context.contentType("application/yaml").result(OpenApi.document());
  }

  private void live(Context context) {
    boolean live = backend.live().getAsBoolean();
    context.status(live ? 200 : 503);
    answer(context, Documents.object().put("live", live));
  }

  /**
   * Ready once it leads or follows in its cell. Its scheduler may be gone, or have nothing to steer
   * yet: the status says so.
   */
  private void ready(Context context) {
    ControllerView view = view();
    boolean ready = backend.live().getAsBoolean() && !view.suspended();
    context.status(ready ? 200 : 503);
    answer(context, Documents.object().put("ready", ready).put("leader", view.leader()));
  }

  private void metrics(Context context) {
    context
        .contentType("text/plain; version=0.0.4; charset=utf-8")
        .result(backend.metrics().scrape());
  }

  private static void answer(Context context, ObjectNode json) {
    context.contentType("application/json").result(json.toString());
  }
}
