package io.dormouse.controller.coordination;

import com.google.common.collect.ImmutableList;
import io.dormouse.controller.machine.Coordination.Change;
import io.dormouse.controller.machine.InstanceRecord;
import io.dormouse.controller.machine.Intent;
import io.dormouse.engine.spi.Epoch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;

/**
 * One leadership's hold on a cell's durable state. Every write is a transaction that also checks
 * the leader's latch node and the version of the cell's epoch: whoever was followed by another
 * leader can write no more. Blocks; one thread at a time.
 */
final class CellStore {
  private final CuratorFramework client;
  private final CellPaths paths;
  private final String latchNode;
  private final Epoch epoch;
  private final int epochVersion;
  private final Set<String> existing = new HashSet<>();

  private CellStore(
      CuratorFramework client, CellPaths paths, String latchNode, Epoch epoch, int epochVersion) {
    this.client = client;
    this.paths = paths;
    this.latchNode = latchNode;
    this.epoch = epoch;
    this.epochVersion = epochVersion;
  }

  /** A leader could not take the cell over. */
  static final class NotLeading extends Exception {
    private static final long serialVersionUID = 1;

    NotLeading(String message) {
      super(message);
    }
  }

  /** What a new leader finds. */
  record Found(
      ImmutableList<Intent> intents, ImmutableList<InstanceRecord> records, boolean paused) {}

  /**
   * Takes a cell over: from here on no older leader can write.
   *
   * @throws NotLeading when the latch node is gone, or a newer leader was faster
   */
  static CellStore takeOver(CuratorFramework client, CellPaths paths, String latchNode)
      throws Exception {
    prepare(client, paths);
    Stat latch = client.checkExists().forPath(latchNode);
    if (latch == null) {
      throw new NotLeading("the latch node is gone");
    }
    Stat before = new Stat();
    Epoch last = parse(client.getData().storingStatIn(before).forPath(paths.epoch()));
    Epoch next = new Epoch(last.incarnation(), latch.getCzxid());
    if (next.compareTo(last) <= 0) {
      throw new NotLeading(
          "The epoch (%s) must be above the cell's last (%s).%nMaybe the ensemble was rebuilt: raise the cell's incarnation."
              .formatted(next, last));
    }
    try {
      client
          .transaction()
          .forOperations(
              client.transactionOp().check().forPath(latchNode),
              client
                  .transactionOp()
                  .setData()
                  .withVersion(before.getVersion())
                  .forPath(paths.epoch(), text(next)));
    } catch (KeeperException.NoNodeException | KeeperException.BadVersionException overtaken) {
      throw new NotLeading("another leader was faster");
    }
    return new CellStore(client, paths, latchNode, next, before.getVersion() + 1);
  }

  Epoch epoch() {
    return epoch;
  }

  /** Loads all that is durable. */
  Found load() throws Exception {
    ImmutableList.Builder<Intent> intents = ImmutableList.builder();
    for (String path : children(paths.intents())) {
      intents.add(Codec.readIntent(client.getData().forPath(path)));
    }
    ImmutableList.Builder<InstanceRecord> records = ImmutableList.builder();
    for (int number = 0; number < CellPaths.buckets(); number++) {
      for (String path : children(paths.bucket(number))) {
        records.add(Codec.readRecord(client.getData().forPath(path)));
      }
    }
    var unused = children(paths.services());
    boolean paused = client.checkExists().forPath(paths.paused()) != null;
    remember(paths.paused(), paused);
    return new Found(intents.build(), records.build(), paused);
  }

  /**
   * Writes changes in one transaction.
   *
   * @return false when this leadership is over
   * @throws KeeperException when it is not known whether they were written; writing the same again
   *     is harmless
   */
  boolean write(Collection<Change> changes) throws Exception {
    Map<String, Optional<byte[]>> last = new LinkedHashMap<>();
    for (Change change : changes) {
      Target target = target(change);
      last.remove(target.path());
      last.put(target.path(), target.data());
    }
    List<CuratorOp> operations = new ArrayList<>();
    operations.add(client.transactionOp().check().forPath(latchNode));
    operations.add(client.transactionOp().check().withVersion(epochVersion).forPath(paths.epoch()));
    for (Map.Entry<String, Optional<byte[]>> entry : last.entrySet()) {
      add(entry.getKey(), entry.getValue(), operations);
    }
    try {
      client.transaction().forOperations(operations);
    } catch (KeeperException failed) {
      return explain(failed, last.keySet());
    }
    last.forEach((path, data) -> remember(path, data.isPresent()));
    return true;
  }

  /** An earlier attempt may have got through: look again what is there. */
  private boolean explain(KeeperException failed, Collection<String> touched) throws Exception {
    boolean guardHolds =
        client.checkExists().forPath(latchNode) != null
            && Optional.ofNullable(client.checkExists().forPath(paths.epoch()))
                .map(stat -> stat.getVersion() == epochVersion)
                .orElse(false);
    if (!guardHolds) {
      return false;
    }
    for (String path : touched) {
      remember(path, client.checkExists().forPath(path) != null);
    }
    throw failed;
  }

  private void add(String path, Optional<byte[]> data, List<CuratorOp> operations)
      throws Exception {
    boolean there = existing.contains(path);
    if (data.isPresent()) {
      operations.add(
          there
              ? client.transactionOp().setData().forPath(path, data.get())
              : client.transactionOp().create().forPath(path, data.get()));
    } else if (there) {
      operations.add(client.transactionOp().delete().forPath(path));
    }
  }

  private void remember(String path, boolean there) {
    if (there) {
      existing.add(path);
    } else {
      existing.remove(path);
    }
  }

  private record Target(String path, Optional<byte[]> data) {}

  private Target target(Change change) {
    if (change instanceof Change.PutIntent put) {
      return new Target(paths.intent(put.intent().id()), Optional.of(Codec.write(put.intent())));
    }
    if (change instanceof Change.RemoveIntent remove) {
      return new Target(paths.intent(remove.id()), Optional.empty());
    }
    if (change instanceof Change.PutRecord put) {
      return new Target(paths.instance(put.record().id()), Optional.of(Codec.write(put.record())));
    }
    if (change instanceof Change.RemoveRecord remove) {
      return new Target(paths.instance(remove.id()), Optional.empty());
    }
    if (change instanceof Change.SetPaused set) {
      return new Target(paths.paused(), set.paused() ? Optional.of(new byte[0]) : Optional.empty());
    }
    if (change instanceof Change.PutPlacement put) {
      byte[] data = Codec.write(put.placement(), epoch);
      return new Target(paths.service(put.placement().service().name()), Optional.of(data));
    }
    throw new IllegalStateException("No such change: " + change);
  }

  private List<String> children(String parent) throws Exception {
    List<String> found = new ArrayList<>();
    for (String child : client.getChildren().forPath(parent)) {
      found.add(parent + "/" + child);
    }
    existing.addAll(found);
    return found;
  }

  /**
   * Makes what a cell needs. The parent of the intents comes last: where it is, all is, however
   * often whoever made it was killed.
   */
  private static void prepare(CuratorFramework client, CellPaths paths) throws Exception {
    // Cells that older versions made have none.
    createIfMissing(client, paths.services(), new byte[0]);
    if (client.checkExists().forPath(paths.intents()) != null) {
      return;
    }
    createIfMissing(client, paths.epoch(), text(new Epoch(1, 0)));
    createIfMissing(client, paths.instances(), new byte[0]);
    for (int number = 0; number < CellPaths.buckets(); number++) {
      createIfMissing(client, paths.bucket(number), new byte[0]);
    }
    createIfMissing(client, paths.intents(), new byte[0]);
  }

  private static void createIfMissing(
      CuratorFramework client, String path, byte @org.jspecify.annotations.Nullable [] data)
      throws Exception {
    try {
      client.create().creatingParentsIfNeeded().forPath(path, data);
    } catch (KeeperException.NodeExistsException another) {
      // Another controller prepares the cell at the same time, or did so before it was killed.
      return;
    }
  }

  private static byte[] text(Epoch epoch) {
    return "%d %d".formatted(epoch.incarnation(), epoch.czxid()).getBytes(StandardCharsets.UTF_8);
  }

  private static Epoch parse(byte[] data) {
    String[] parts = new String(data, StandardCharsets.UTF_8).split(" ", -1);
    return new Epoch(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
  }
}
