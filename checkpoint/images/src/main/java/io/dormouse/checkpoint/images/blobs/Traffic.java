package io.dormouse.checkpoint.images.blobs;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** How many bytes of blobs were read and written, for who wants to show it. Thread-safe. */
public final class Traffic {
  private final LongAdder readBytes = new LongAdder();
  private final LongAdder writtenBytes = new LongAdder();

  /** Bytes that came from the blobs so far. */
  public long readBytes() {
    return readBytes.sum();
  }

  /** Bytes that went to the blobs so far, committed or not. */
  public long writtenBytes() {
    return writtenBytes.sum();
  }

  /** The same blobs, whose bytes are counted from now on. */
  public Blobs of(Blobs blobs) {
    return new Counted(blobs);
  }

  private final class Counted implements Blobs {
    private final Blobs blobs;

    Counted(Blobs blobs) {
      this.blobs = blobs;
    }

    @Override
    public Upload begin(String name) throws IOException {
      return new CountedUpload(blobs.begin(name));
    }

    @Override
    public ReadableBlob open(String name) throws IOException {
      return new CountedBlob(blobs.open(name));
    }

    @Override
    public boolean create(String name, byte[] content) throws IOException {
      writtenBytes.add(content.length);
      return blobs.create(name, content);
    }

    @Override
    public boolean exists(String name) throws IOException {
      return blobs.exists(name);
    }

    @Override
    public List<Blob> list(String folder, int most) throws IOException {
      return blobs.list(folder, most);
    }

    @Override
    public boolean delete(String name) throws IOException {
      return blobs.delete(name);
    }

    @Override
    public int sweep(Instant limit) throws IOException {
      return blobs.sweep(limit);
    }

    @Override
    public void close() throws IOException {
      blobs.close();
    }
  }

  private final class CountedUpload extends Upload {
    private final Upload upload;

    CountedUpload(Upload upload) {
      this.upload = upload;
    }

    @Override
    public void write(int value) throws IOException {
      upload.write(value);
      writtenBytes.increment();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      upload.write(bytes, offset, length);
      writtenBytes.add(length);
    }

    @Override
    public void flush() throws IOException {
      upload.flush();
    }

    @Override
    public void commit() throws IOException {
      upload.commit();
    }

    @Override
    public void close() throws IOException {
      upload.close();
    }
  }

  private final class CountedBlob implements ReadableBlob {
    private final ReadableBlob blob;

    CountedBlob(ReadableBlob blob) {
      this.blob = blob;
    }

    @Override
    public long length() throws IOException {
      return blob.length();
    }

    @Override
    public byte[] read(long position, int length) throws IOException {
      byte[] bytes = blob.read(position, length);
      readBytes.add(bytes.length);
      return bytes;
    }

    @Override
    public void close() throws IOException {
      blob.close();
    }
  }
}
