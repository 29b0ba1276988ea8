package io.dormouse.checkpoint.agent.transfer;

import com.google.protobuf.ByteString;
import io.dormouse.checkpoint.agentapi.transfer.Piece;
import io.dormouse.checkpoint.images.packs.CorruptPackException;
import io.dormouse.checkpoint.images.packs.PackSource;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Parts of a pack, a piece at a time. Not thread-safe. */
final class PackPieces implements PieceStream.Pieces<Piece> {
  static final int PIECE_BYTES = 256 << 10;

  private final PackSource packs;
  private final UUID pack;
  private final List<PackSource.Range> ranges;
  private int range;
  private long done;

  PackPieces(PackSource packs, UUID pack, List<PackSource.Range> ranges) {
    this.packs = packs;
    this.pack = pack;
    this.ranges = ranges;
  }

  @Override
  public @Nullable Piece next() throws IOException {
    while (range < ranges.size() && done == ranges.get(range).bytes()) {
      range++;
      done = 0;
    }
    if (range == ranges.size()) {
      return null;
    }
    PackSource.Range whole = ranges.get(range);
    int bytes = (int) Math.min(PIECE_BYTES, whole.bytes() - done);
    Piece piece = read(new PackSource.Range(whole.position() + done, bytes));
    done += bytes;
    return piece;
  }

  private Piece read(PackSource.Range part) throws IOException {
    Piece.Builder piece = Piece.newBuilder();
    try {
      packs.read(
          pack,
          List.of(part),
          (bytes, offset, length) ->
              piece.setBytes(piece.getBytes().concat(ByteString.copyFrom(bytes, offset, length))));
    } catch (CorruptPackException e) {
      throw new IOException("a sink that takes all must not refuse", e);
    }
    return piece.build();
  }

  @Override
  public void close() {}
}
