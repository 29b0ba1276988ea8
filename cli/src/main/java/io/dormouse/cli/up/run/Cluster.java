package io.dormouse.cli.up.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.dormouse.cli.Console;
import io.dormouse.cli.Installation;
import io.dormouse.cli.up.arrivals.SampledFunction;
import io.dormouse.cli.view.ControllerClient;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.EmbeddedSite;
import io.dormouse.engine.spi.RunningSite;
import io.dormouse.engine.spi.SiteNode;
import io.dormouse.engine.spi.WorkloadRequest;
import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that one {@code up} runs, started in order; what is started is on the teardown. */
final class Cluster {
  static final String USER = "nobody";
  private static final long WORKER_MILLI_CORES = 1000;
  private static final int SITE_END_SECONDS = 60;

  private final UpRequest request;
  private final Console console;
  private final WorkDirectory work;
  private final Teardown teardown;
  private final Daemons daemons;
  private final ClusterPlan plan;

  Cluster(UpRequest request, Console console, WorkDirectory work, Teardown teardown) {
    this.request = request;
    this.console = console;
    this.work = work;
    this.teardown = teardown;
    this.daemons = new Daemons(work, teardown, request.verbose());
    this.plan = request.plan().snugFor(request.schedule().functions().size());
  }

  /** Starts all of it and plays both runs. */
  UpResult play(Provisioning provisioning) throws IOException, InterruptedException {
    console.note("Starting ZooKeeper and %d agents …".formatted(ClusterPlan.NODES));
    WorkerProgram worker = WorkerProgram.install(work.open("worker"));
    String zooKeeper = daemons.zooKeeper();
    List<SiteNode> nodes = plan.nodes(work.root());
    Certificates certificates = Certificates.issue(work.secret("pki"), nodes);
    Map<NodeId, String> agents = daemons.agents(nodes, agentSetup(worker, certificates));
    RunningSite site = startSite(nodes);
    OneRun runs = new OneRun(console, site, teardown, request.scenarios().model(), request.dial());
    OneRun.Result baseline =
        runs.play("baseline", workload(worker, false), request.schedule(), request.window(), 0);
    ControllerSetup setup =
        new ControllerSetup(
            zooKeeper,
            agents,
            certificates.controller(),
            request.restPort(),
            work.token("viewer.token"),
            request.dial().label(),
            request.scenarios().model().upTimeScale(),
            request.scenarios().file());
    startController(setup, site);
    OneRun.Result engine =
        runs.play(
            "engine",
            workload(worker, true),
            request.schedule(),
            request.window(),
            provisioning.report().imagesWork()
                ? plan.plainApplications(request.schedule().functions().size())
                : 0);
    return new UpResult(baseline, engine, decisions(setup), provisioning.missing());
  }

  private AgentSetup agentSetup(WorkerProgram worker, Certificates certificates)
      throws IOException {
    return new AgentSetup(
        work.open("images"), certificates, worker.readOnlyPaths(), uidOf(isRoot() ? USER : null));
  }

  private RunningSite startSite(List<SiteNode> nodes) throws IOException, InterruptedException {
    EmbeddedSite.Request start =
        new EmbeddedSite.Request(Installation.root(), work.open("site"), USER, nodes);
    return teardown.add(
        "the site " + request.site().name(),
        SITE_END_SECONDS,
        request.site().start(start, console::note));
  }

  private void startController(ControllerSetup setup, RunningSite site)
      throws IOException, InterruptedException {
    console.note("Starting the controller on port %d …".formatted(request.restPort()));
    Path config =
        setup.write(work.open("controller"), request.site().name(), site.adapterSettings());
    var unused = daemons.controller(config, request.restPort());
    console.note(
        "Look inside: dormouse status --url http://127.0.0.1:%d --token-file %s"
            .formatted(request.restPort(), setup.restTokenFile()));
  }

  private WorkloadRequest workload(WorkerProgram worker, boolean engine) {
    List<WorkerClass> classes =
        request.schedule().functions().stream()
            .map(SampledFunction::name)
            .map(
                name ->
                    new WorkerClass(
                        new WorkloadClassId(name),
                        worker.command(name),
                        Resources.of(WORKER_MILLI_CORES, WorkerProgram.MEMORY_BYTES)))
            .toList();
    return new WorkloadRequest(
        engine ? "dormouse-up-engine" : "dormouse-up-baseline",
        launcher(),
        classes,
        request.keepAlive(),
        engine);
  }

  private static List<String> launcher() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin/java").toString(),
        "-Xshare:auto",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        "-Xmx64m",
        "-cp",
        Installation.root().resolve("lib") + "/*",
        "io.dormouse.checkpoint.launcher.LauncherMain");
  }

  private JsonNode decisions(ControllerSetup setup) throws InterruptedException {
    ControllerClient client =
        new ControllerClient(
            URI.create("http://127.0.0.1:" + request.restPort()),
            Optional.of(setup.restTokenFile()));
    JsonNode answer = client.get("decisions?limit=10000");
    return answer.isArray() ? answer : answer.path("decisions");
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** The number of a user; this process's own for null. */
  private static long uidOf(@org.jspecify.annotations.Nullable String user) throws IOException {
    if (user == null) {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }
    for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
      List<String> fields = List.of(line.split(":", -1));
      if (fields.get(0).equals(user) && fields.size() > 2) {
        return Long.parseLong(fields.get(2));
      }
    }
    throw new IOException(
        "There is no user %s on this machine.%nMaybe add one, as in: useradd --system %s"
            .formatted(user, user));
  }
}
