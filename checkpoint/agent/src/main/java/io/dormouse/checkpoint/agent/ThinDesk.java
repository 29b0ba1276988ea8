package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.Images;
import io.dormouse.checkpoint.agent.InstanceRecord.Origin;
import io.dormouse.checkpoint.agentapi.proto.AttachRequest;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.InstanceList;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.RefusalCode;
import io.dormouse.checkpoint.agentapi.proto.RunRequest;
import io.dormouse.checkpoint.agentapi.proto.ThinInstance;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.Stored;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What thin clients may ask for, each only for what is theirs. */
final class ThinDesk {
  private static final int NAME_MAX = 256;

  private final Instances instances;

  ThinDesk(Instances instances) {
    this.instances = instances;
  }

  /** Starts an instance for a launcher that stays. */
  void run(Peer peer, RunRequest request, LauncherLink link) {
    Origin origin =
        new Origin(
            request.getInstance(),
            request.getContainer(),
            peer.uid(),
            peer.gid(),
            request.getMemoryLimitBytes());
    if (request.getMemoryLimitBytes() < 0) {
      refuse(link, RefusalCode.MALFORMED, "The memory limit must not be negative.");
      return;
    }
    begin(origin, link, session -> Starting.run(session, origin, request, link));
  }

  /** Waits with a launcher for its instance to be restored, or gives it its session back. */
  void attach(Peer peer, AttachRequest request, LauncherLink link) {
    Origin origin =
        new Origin(
            request.getInstance(),
            request.getContainer(),
            peer.uid(),
            peer.gid(),
            request.getMemoryLimitBytes());
    if (request.getReclaim()) {
      Optional<Session> session = instances.find(origin.instance());
      if (session.isEmpty()) {
        refuse(link, RefusalCode.NO_SUCH_INSTANCE, unknown(origin.instance()));
      } else {
        var unused = instances.on(session.get(), s -> Reclaiming.reclaim(s, peer, origin, link));
      }
      return;
    }
    begin(
        origin,
        link,
        session -> {
          session.connect(link);
          session.become(
              new InstanceRecord(origin, InstanceState.ATTACHED, null, null, Images.NONE, null));
          link.send(Replies.ACCEPTED);
        });
  }

  /** The launcher's connection ended: so does its instance, unless that is over already. */
  void launcherGone(String instance, LauncherLink link) {
    instances
        .find(instance)
        .ifPresent(
            session ->
                session.execute(
                    () -> {
                      if (Objects.equals(session.launcher(), link)) {
                        forsake(session);
                      }
                    }));
  }

  /** Ends an instance of the caller's. */
  CompletableFuture<ThinReply> end(Peer peer, String instance) {
    Optional<Session> session = instances.find(instance);
    if (session.isEmpty()) {
      return answer(RefusalCode.NO_SUCH_INSTANCE, unknown(instance));
    }
    return instances.on(
        session.get(),
        s -> {
          InstanceRecord record = s.record();
          if (record == null) {
            return Replies.refused(RefusalCode.NO_SUCH_INSTANCE, unknown(instance));
          }
          if (!peer.mayTouch(record.origin().ownerUid())) {
            return notYours(instance);
          }
          Ending.terminate(s, EndReason.TERMINATED, "Its owner ended it.");
          InstanceRecord after = s.record();
          return after == null || after.end() == null
              ? Replies.ACCEPTED
              : Replies.ended(after.end());
        });
  }

  /** The caller's instances. */
  ThinReply list(Peer peer) {
    InstanceList.Builder list = InstanceList.newBuilder();
    instances.statuses().stream()
        .filter(s -> peer.mayTouch(s.getOwnerUid()))
        .forEach(
            s ->
                list.addInstances(
                    ThinInstance.newBuilder()
                        .setInstance(s.getInstance())
                        .setGeneration(s.getGeneration())
                        .setState(s.getState().name())));
    return ThinReply.newBuilder().setList(list).build();
  }

  private void begin(Origin origin, LauncherLink link, Consumer<Session> work) {
    if (!ImageId.isValidName(origin.instance()) || origin.container().length() > NAME_MAX) {
      refuse(
          link,
          RefusalCode.MALFORMED,
          "The instance must be 1 to 128 of letters, digits, '.', '_', '-', and the container at most 256 characters.");
      return;
    }
    Optional<Session> found = instances.findOrMake(origin.instance());
    if (found.isEmpty()) {
      refuse(link, RefusalCode.TOO_MANY, "This node has no place for another instance.");
      return;
    }
    CompletableFuture<Boolean> begun =
        instances.on(found.get(), session -> beginOn(session, origin, link, work));
    var unused =
        begun.whenComplete(
            (again, error) -> {
              if (error != null) {
                refuse(link, RefusalCode.CANNOT_START, "The agent failed: " + error.getMessage());
              } else if (again && link.isOpen()) {
                begin(origin, link, work);
              }
            });
  }

  /** Returns true when the session was given up meanwhile and another must be looked up. */
  private boolean beginOn(
      Session session, Origin origin, LauncherLink link, Consumer<Session> work) {
    if (session.isRetired()) {
      return true;
    }
    makeWay(session, origin);
    Optional<ThinReply> refusal = obstacle(session, origin);
    if (refusal.isPresent()) {
      link.send(refusal.get());
      link.close();
    } else {
      session.disconnect();
      Ending.clean(session);
      Ending.deleteStaleImages(session);
      InstanceRecord before = session.record();
      if (before != null && !isForgettable(before)) {
        refuse(
            link,
            RefusalCode.CANNOT_START,
            "What is left of its earlier life can't be removed yet.\nMaybe try again.");
        return false;
      }
      work.accept(session);
      if (Objects.equals(session.launcher(), link) && !link.isOpen()) {
        forsake(session);
      }
    }
    return false;
  }

  private static void forsake(Session session) {
    session.disconnect();
    InstanceRecord left = session.living();
    if (left == null) {
      Ending.clean(session);
    } else {
      Ending.endWithoutLauncher(
          session, left.origin(), EndReason.TERMINATED, "Its launcher is gone.");
    }
  }

  /** Whether nothing is left of it, on the node or in the store. */
  private static boolean isForgettable(InstanceRecord over) {
    return over.end() != null && over.end().cleaned() && over.images().stale().isEmpty();
  }

  /** A launcher that did not come back, and ran nothing, keeps no other of its owner out. */
  private static void makeWay(Session session, Origin origin) {
    InstanceRecord living = session.living();
    if (living != null && session.isForsaken() && living.origin().ownerUid() == origin.ownerUid()) {
      Ending.terminate(session, EndReason.LOST, "Another launcher came in its place.");
    }
  }

  private Optional<ThinReply> obstacle(Session session, Origin origin) {
    InstanceRecord living = session.living();
    if (living != null) {
      return Optional.of(
          living.origin().ownerUid() == origin.ownerUid()
              ? Replies.refused(
                  RefusalCode.ALREADY_RUNNING,
                  String.format(
                      "The instance %s is %s here already, under container %s.%n"
                          + "Maybe its name was given twice.",
                      origin.instance(), living.state(), living.origin().container()))
              : notYours(origin.instance()));
    }
    Stored<List<Image>> images = session.parts.store().list(origin.instance());
    if (images instanceof Stored.Failed<List<Image>> failed) {
      return Optional.of(Replies.refused(RefusalCode.CANNOT_START, failed.failure().message()));
    }
    boolean foreign =
        ((Stored.Ok<List<Image>>) images)
            .value().stream()
                .anyMatch(
                    image ->
                        image instanceof Image.Published published
                            && published.manifest().metadata().ownerUid() != origin.ownerUid());
    return foreign ? Optional.of(notYours(origin.instance())) : Optional.empty();
  }

  private static CompletableFuture<ThinReply> answer(RefusalCode code, String message) {
    return CompletableFuture.completedFuture(Replies.refused(code, message));
  }

  static void refuse(LauncherLink link, RefusalCode code, String message) {
    link.send(Replies.refused(code, message));
    link.close();
  }

  static ThinReply notYours(String instance) {
    return Replies.refused(
        RefusalCode.NOT_YOURS,
        String.format(
            "The instance %s belongs to another user.%nMaybe its name is wrong.", instance));
  }

  static String unknown(String instance) {
    return String.format(
        "The instance %s is not here.%nMaybe it ended, or runs on another node.", instance);
  }
}
