package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.Images;
import io.dormouse.checkpoint.agent.InstanceRecord.Life;
import io.dormouse.checkpoint.agent.InstanceRecord.Origin;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.RefusalCode;
import io.dormouse.checkpoint.agentapi.proto.RunRequest;
import io.dormouse.checkpoint.engines.InstanceSpec;
import io.dormouse.checkpoint.engines.Outcome;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/** Cold starts. For tasks of the session's strand. */
final class Starting {
  private static final Map<String, String> DEFAULT_ENVIRONMENT =
      Map.of("PATH", "/usr/local/bin:/usr/bin:/bin", "HOME", "/work", "LANG", "C.UTF-8");

  private Starting() {}

  static void run(Session session, Origin origin, RunRequest request, LauncherLink link) {
    InstanceSpec spec;
    try {
      spec = spec(session.parts, origin, request);
    } catch (IllegalArgumentException e) {
      link.send(Replies.refused(RefusalCode.MALFORMED, String.valueOf(e.getMessage())));
      link.close();
      return;
    }
    link.send(Replies.ACCEPTED);
    Life life = new Life(spec.generation(), spec.id(), null, SpecHash.kind(spec));
    session.intend(
        new InstanceRecord(origin, InstanceState.RUNNING, life, null, Images.NONE, null));
    Outcome<io.dormouse.checkpoint.engines.InstanceState> started =
        session.parts.engine().start(spec, session.parts.settings().slow());
    if (started instanceof Outcome.Ok<io.dormouse.checkpoint.engines.InstanceState> ok) {
      session.connect(link);
      session.keepOpen(ok.value().stdio().stdout());
      session.publish();
      link.send(Replies.started(ok.value()));
      return;
    }
    String message =
        ((Outcome.Failed<io.dormouse.checkpoint.engines.InstanceState>) started)
            .failure()
            .message();
    Ending.terminate(session, EndReason.LOST, message);
    link.send(Replies.refused(RefusalCode.CANNOT_START, message));
    link.close();
  }

  private static InstanceSpec spec(Parts parts, Origin origin, RunRequest request) {
    Map<String, String> environment = new HashMap<>(DEFAULT_ENVIRONMENT);
    environment.putAll(request.getEnvironmentMap());
    return new InstanceSpec(
        origin.instance(),
        UUID.randomUUID(),
        origin.ownerUid(),
        origin.ownerGid(),
        request.getArgvList(),
        environment,
        origin.memoryLimitBytes() > 0
            ? OptionalLong.of(origin.memoryLimitBytes())
            : OptionalLong.empty(),
        parts.settings().readOnlyPaths());
  }
}
