package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.Origin;
import io.dormouse.checkpoint.agentapi.proto.RefusalCode;
import io.dormouse.checkpoint.engines.InstanceState;
import io.dormouse.checkpoint.engines.Outcome;
import java.util.Objects;
import java.util.Optional;

/** A launcher that comes back to its instance. For tasks of the session's strand. */
final class Reclaiming {
  private Reclaiming() {}

  /** Connects the launcher; returns whether it was there that it belongs. */
  static boolean reclaim(Session session, Peer peer, Origin origin, LauncherLink link) {
    InstanceRecord record = session.record();
    if (record == null || !record.origin().container().equals(origin.container())) {
      ThinDesk.refuse(link, RefusalCode.NO_SUCH_INSTANCE, ThinDesk.unknown(origin.instance()));
      return false;
    }
    if (record.origin().ownerUid() != peer.uid()) {
      link.send(ThinDesk.notYours(origin.instance()));
      link.close();
      return false;
    }
    if (record.end() != null) {
      link.send(Replies.ended(record.end()));
      link.close();
      return true;
    }
    if (session.launcher() != null) {
      ThinDesk.refuse(link, RefusalCode.ALREADY_RUNNING, "Its launcher is connected.");
      return false;
    }
    boolean forsaken = session.isForsaken();
    session.connect(link);
    link.send(Replies.ACCEPTED);
    if (forsaken) {
      session.publish();
    }
    tellStreams(session, link);
    return true;
  }

  /** Tells a launcher where its instance's streams are, as soon as that can be told. */
  private static void tellStreams(Session session, LauncherLink link) {
    InstanceRecord record = session.living();
    if (record == null || record.life() == null || !Objects.equals(session.launcher(), link)) {
      return;
    }
    Outcome<Optional<InstanceState>> seen = session.parts.engine().inspect(record.life().capsule());
    session.lookedAt(seen);
    if (seen instanceof Outcome.Ok<Optional<InstanceState>> told) {
      told.value().map(Replies::started).ifPresent(link::send);
      return;
    }
    session
        .parts
        .clock()
        .timers()
        .schedule(Freezing.RETRY, () -> session.execute(() -> tellStreams(session, link)));
  }
}
