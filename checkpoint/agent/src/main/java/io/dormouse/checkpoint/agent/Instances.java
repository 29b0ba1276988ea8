package io.dormouse.checkpoint.agent;

import com.google.common.util.concurrent.MoreExecutors;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of this node. What is done to one is done one after the other, on its strand;
 * different instances go at once. Thread-safe.
 */
final class Instances {
  private static final Logger LOG = LoggerFactory.getLogger(Instances.class);

  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final Parts parts;
  private final Executor executor;
  private final int instancesMax;

  /** {@code executor}: has at least a thread for each of {@code instancesMax} strands. */
  Instances(Parts parts, Executor executor, int instancesMax) {
    this.parts = parts;
    this.executor = executor;
    this.instancesMax = instancesMax;
  }

  Parts parts() {
    return parts;
  }

  /** For work that belongs to no instance. */
  Executor executor() {
    return executor;
  }

  Collection<Session> all() {
    return List.copyOf(sessions.values());
  }

  Optional<Session> find(String instance) {
    return Optional.ofNullable(sessions.get(instance));
  }

  /** The session of this id, made if there is none; empty when the node is full. */
  Optional<Session> findOrMake(String instance) {
    synchronized (sessions) {
      Session found = sessions.get(instance);
      if (found == null && sessions.size() < instancesMax) {
        Executor strand = MoreExecutors.newSequentialExecutor(executor);
        found = new Session(instance, parts, strand);
        sessions.put(instance, found);
      }
      return Optional.ofNullable(found);
    }
  }

  /** Does something on the instance's strand. Errors complete the future exceptionally. */
  <T> CompletableFuture<T> on(Session session, Function<Session, T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    session.execute(
        () -> {
          try {
            result.complete(work.apply(session));
          } catch (RuntimeException | Error e) {
            LOG.error("instance={}: unexpected failure", session.instance, e);
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  /** Forgets an instance that is over; for its strand. */
  void retire(Session session) {
    synchronized (sessions) {
      session.retire();
      sessions.remove(session.instance, session);
    }
  }

  /** Statuses as of the last changes, by instance; over ones too, until they are forgotten. */
  List<InstanceStatus> statuses() {
    List<InstanceStatus> statuses = new ArrayList<>();
    for (Session session : sessions.values()) {
      @Nullable InstanceStatus status = session.status();
      if (status != null) {
        statuses.add(status);
      }
    }
    statuses.sort(Comparator.comparing(InstanceStatus::getInstance));
    return statuses;
  }

  /** Statuses once all that was begun or queued before is done. */
  CompletableFuture<List<InstanceStatus>> settled() {
    CompletableFuture<?>[] turns =
        all().stream().map(s -> on(s, Session::refresh)).toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(turns).handle((done, error) -> statuses());
  }
}
