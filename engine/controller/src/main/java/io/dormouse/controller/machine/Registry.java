package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableList;
import io.dormouse.controller.machine.Coordination.Change;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.Epoch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The instance registry as this leader has written it, or is about to. Writes become durable in
 * their order, so each may build on the ones before it; side effects wait for their own ticket.
 */
final class Registry {
  private final Coordination coordination;
  private final TreeMap<InstanceId, InstanceRecord> records = new TreeMap<>();
  private Optional<Epoch> epoch = Optional.empty();
  private long lastTicket;

  Registry(Coordination coordination) {
    this.coordination = coordination;
  }

  void load(Epoch leadership, Collection<InstanceRecord> recovered) {
    epoch = Optional.of(leadership);
    records.clear();
    recovered.forEach(record -> records.put(record.id(), record));
  }

  void clear() {
    epoch = Optional.empty();
    records.clear();
  }

  Collection<InstanceRecord> records() {
    return records.values();
  }

  Optional<InstanceRecord> find(InstanceId id) {
    return Optional.ofNullable(records.get(id));
  }

  InstanceRecord findOrAwake(InstanceId id, WorkloadClassId workloadClass, Instant now) {
    InstanceRecord known = records.get(id);
    return known == null ? InstanceRecord.awake(id, workloadClass, now) : known;
  }

  /** Writes a record; one that has nothing left to say is removed. */
  long write(InstanceRecord record) {
    return write(ImmutableList.of(), Optional.of(record));
  }

  /** Writes changes to intents, and a record with them. */
  long write(List<Change> intents, Optional<InstanceRecord> record) {
    List<Change> changes = new ArrayList<>(intents);
    record.ifPresent(changed -> changes.add(apply(changed)));
    lastTicket++;
    coordination.write(epoch.orElseThrow(), lastTicket, ImmutableList.copyOf(changes));
    return lastTicket;
  }

  private Change apply(InstanceRecord record) {
    if (record.isEmpty()) {
      records.remove(record.id());
      return new Change.RemoveRecord(record.id());
    }
    records.put(record.id(), record);
    return new Change.PutRecord(record);
  }
}
