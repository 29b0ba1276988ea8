package io.dormouse.checkpoint.launcher;

import io.dormouse.checkpoint.agentapi.proto.AttachRequest;
import io.dormouse.checkpoint.agentapi.proto.EndRequest;
import io.dormouse.checkpoint.agentapi.proto.ListRequest;
import io.dormouse.checkpoint.agentapi.proto.NodeIdentityRequest;
import io.dormouse.checkpoint.agentapi.proto.RunRequest;
import io.dormouse.checkpoint.agentapi.proto.ThinRequest;

/** Commands as messages. */
final class Requests {
  private Requests() {}

  static ThinRequest of(Command command) {
    ThinRequest.Builder request = ThinRequest.newBuilder();
    if (command instanceof Command.Run run) {
      request.setRun(run(run));
    } else if (command instanceof Command.Attach attach) {
      request.setAttach(attach(attach, false));
    } else if (command instanceof Command.Identity identity) {
      request.setNodeIdentity(
          NodeIdentityRequest.newBuilder()
              .setScheduler(identity.scheduler())
              .setNode(identity.node()));
    } else if (command instanceof Command.End end) {
      request.setEnd(EndRequest.newBuilder().setInstance(end.instance()));
    } else {
      request.setList(ListRequest.getDefaultInstance());
    }
    return request.build();
  }

  /** Asks a restarted agent for a session that it had before. */
  static ThinRequest reclaim(Command.Session session) {
    return ThinRequest.newBuilder().setAttach(attach(session, true)).build();
  }

  static ThinRequest end(Command.Session session) {
    return of(new Command.End(session.agent(), session.instance()));
  }

  private static RunRequest run(Command.Run run) {
    return RunRequest.newBuilder()
        .setInstance(run.instance())
        .setContainer(run.container())
        .setMemoryLimitBytes(run.memoryLimitBytes())
        .putAllEnvironment(run.environment())
        .addAllArgv(run.argv())
        .build();
  }

  private static AttachRequest attach(Command.Session session, boolean reclaim) {
    return AttachRequest.newBuilder()
        .setInstance(session.instance())
        .setContainer(session.container())
        .setReclaim(reclaim)
        .setMemoryLimitBytes(session.memoryLimitBytes())
        .build();
  }
}
