package io.dormouse.checkpoint.images.packs;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Packs in a folder. */
record Folder(Path path) implements ImagePacker.Destination, ImageUnpacker.Source {
  Path of(UUID pack) {
    return path.resolve(pack + ".pack");
  }

  @Override
  public OutputStream create(UUID pack) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(of(pack)), 1 << 20);
  }

  @Override
  public ReadableBlob open(UUID pack) throws IOException {
    FileChannel channel = FileChannel.open(of(pack));
    return new ReadableBlob() {
      @Override
      public long length() throws IOException {
        return channel.size();
      }

      @Override
      public byte[] read(long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
          if (channel.read(buffer, position + buffer.position()) < 0) {
            throw new EOFException("the pack is cut short");
          }
        }
        return buffer.array();
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }
}
