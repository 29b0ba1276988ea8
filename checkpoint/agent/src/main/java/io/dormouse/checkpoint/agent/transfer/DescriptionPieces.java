package io.dormouse.checkpoint.agent.transfer;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.dormouse.checkpoint.agentapi.transfer.Description;
import org.jspecify.annotations.Nullable;

/** A manifest and a page table, a piece at a time. Not thread-safe. */
final class DescriptionPieces implements PieceStream.Pieces<Description> {
  private final byte[] manifest;
  private final byte[] table;
  private int done;

  DescriptionPieces(byte[] manifest, byte[] table) {
    this.manifest = manifest;
    this.table = table;
  }

  @Override
  public @Nullable Description next() {
    if (done == manifest.length + table.length) {
      return null;
    }
    if (done < manifest.length) {
      ByteString some = some(manifest, done);
      done += some.size();
      return Description.newBuilder().setManifest(some).build();
    }
    ByteString some = some(table, done - manifest.length);
    done += some.size();
    return Description.newBuilder().setTable(some).build();
  }

  private static ByteString some(byte[] all, int from) {
    int bytes = Math.min(PackPieces.PIECE_BYTES, all.length - from);
    return UnsafeByteOperations.unsafeWrap(all, from, bytes);
  }

  @Override
  public void close() {}
}
