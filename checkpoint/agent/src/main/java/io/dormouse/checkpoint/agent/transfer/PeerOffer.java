package io.dormouse.checkpoint.agent.transfer;

import com.google.protobuf.ByteString;
import io.dormouse.checkpoint.agentapi.transfer.Description;
import io.dormouse.checkpoint.agentapi.transfer.ImageKey;
import io.dormouse.checkpoint.agentapi.transfer.ImageTransferGrpc.ImageTransferBlockingStub;
import io.dormouse.checkpoint.agentapi.transfer.PackKey;
import io.dormouse.checkpoint.agentapi.transfer.PackRange;
import io.dormouse.checkpoint.agentapi.transfer.Piece;
import io.dormouse.checkpoint.agentapi.transfer.ReadRequest;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.OfferException;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.packs.CorruptPackException;
import io.dormouse.checkpoint.images.packs.PackSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An image in another agent's store. What broke off is read on from where it broke. One message at
 * a time is asked for, so that the other end waits for this one's disk. For one thread.
 */
final class PeerOffer implements PeerImage, PackSource {
  private final ImageId id;
  private final ImageKey key;
  private final PeerCalls calls;
  private byte @Nullable [] manifest;

  PeerOffer(ImageId id, long ownerUid, PeerCalls calls) {
    this.id = id;
    this.calls = calls;
    this.key =
        ImageKey.newBuilder()
            .setInstance(id.instance())
            .setGeneration(id.generation().toString())
            .setOwnerUid(ownerUid)
            .build();
  }

  @Override
  public long bytes() {
    return calls.bytes();
  }

  @Override
  public void cancel(String why) {
    calls.cancel(why);
  }

  @Override
  public void close() {
    calls.close();
  }

  @Override
  public ImageId id() {
    return id;
  }

  @Override
  public byte[] manifest() throws IOException {
    byte[] known = manifest;
    if (known == null) {
      known = calls.untilItWorks(this::readManifest);
      manifest = known;
    }
    return known;
  }

  /** What follows it is left unread: the call ends here. */
  private byte[] readManifest(ImageTransferBlockingStub peer) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Iterator<Description> parts = peer.describe(key);
    boolean more = true;
    while (more && parts.hasNext()) {
      Description part = parts.next();
      more = part.hasManifest();
      append(part.getManifest(), all, MANIFEST_BYTES_MAX);
    }
    calls.count(all.size());
    return all.toByteArray();
  }

  @Override
  public byte[] table(int bytesMax) throws IOException {
    return calls.untilItWorks(peer -> readTable(peer, bytesMax));
  }

  private byte[] readTable(ImageTransferBlockingStub peer, int bytesMax) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int manifestBytes = 0;
    Iterator<Description> parts = peer.describe(key);
    while (parts.hasNext()) {
      Description part = parts.next();
      manifestBytes += part.getManifest().size();
      if (manifestBytes > MANIFEST_BYTES_MAX) {
        throw tooLong(MANIFEST_BYTES_MAX);
      }
      append(part.getTable(), all, bytesMax);
    }
    calls.count(all.size());
    return all.toByteArray();
  }

  private void append(ByteString some, ByteArrayOutputStream all, int most) throws IOException {
    if (some.size() > most - all.size()) {
      throw tooLong(most);
    }
    some.writeTo(all);
  }

  private OfferException tooLong(int most) {
    return new OfferException(
        new StoreFailure.BadOffer(id, "what describes it has more than %d bytes".formatted(most)));
  }

  @Override
  public PackSource packs() {
    return this;
  }

  private PackKey key(UUID pack) {
    return PackKey.newBuilder().setImage(key).setPack(pack.toString()).build();
  }

  @Override
  public long length(UUID pack) throws IOException {
    return calls.untilItWorks(peer -> peer.measure(key(pack))).getBytes();
  }

  @Override
  public void read(UUID pack, List<PackSource.Range> ranges, Sink sink)
      throws IOException, CorruptPackException {
    Rest rest = new Rest(ranges);
    while (!rest.isEmpty()) {
      @Nullable CorruptPackException corrupt =
          calls.untilItWorks(peer -> new Answer(read(peer, pack, rest, sink))).corrupt();
      if (corrupt != null) {
        throw corrupt;
      }
    }
  }

  /** What a sink said: it must reach the caller as it is. */
  private record Answer(@Nullable CorruptPackException corrupt) {}

  private @Nullable CorruptPackException read(
      ImageTransferBlockingStub peer, UUID pack, Rest rest, Sink sink) throws IOException {
    ReadRequest.Builder request = ReadRequest.newBuilder().setPack(key(pack));
    for (PackSource.Range range : rest.next()) {
      request.addRanges(
          PackRange.newBuilder().setPosition(range.position()).setBytes(range.bytes()));
    }
    long wanted = rest.next().stream().mapToLong(PackSource.Range::bytes).sum();
    Iterator<Piece> pieces = peer.read(request.build());
    while (pieces.hasNext()) {
      byte[] bytes = pieces.next().getBytes().toByteArray();
      if (bytes.length > wanted) {
        throw new OfferException(new StoreFailure.BadOffer(id, "more came than was asked for"));
      }
      wanted -= bytes.length;
      try {
        sink.take(bytes, 0, bytes.length);
      } catch (CorruptPackException e) {
        return e;
      }
      rest.took(bytes.length);
      calls.count(bytes.length);
    }
    if (wanted > 0) {
      throw new OfferException(new StoreFailure.BadOffer(id, "less came than was asked for"));
    }
    return null;
  }

  /** What is still to be read. */
  private static final class Rest {
    private static final int AT_ONCE = 10_000;

    private final List<PackSource.Range> ranges;
    private int range;
    private long done;

    Rest(List<PackSource.Range> ranges) {
      this.ranges = ranges;
      skipDone();
    }

    boolean isEmpty() {
      return range == ranges.size();
    }

    List<PackSource.Range> next() {
      List<PackSource.Range> next = new ArrayList<>();
      for (int i = range; i < Math.min(ranges.size(), range + AT_ONCE); i++) {
        long skipped = i == range ? done : 0;
        PackSource.Range whole = ranges.get(i);
        next.add(new PackSource.Range(whole.position() + skipped, whole.bytes() - skipped));
      }
      return next;
    }

    void took(int bytes) {
      long left = bytes;
      while (left > 0) {
        long some = Math.min(left, ranges.get(range).bytes() - done);
        done += some;
        left -= some;
        skipDone();
      }
    }

    private void skipDone() {
      while (range < ranges.size() && done == ranges.get(range).bytes()) {
        range++;
        done = 0;
      }
    }
  }
}
