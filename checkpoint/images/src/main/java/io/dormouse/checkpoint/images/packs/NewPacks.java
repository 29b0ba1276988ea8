package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The packs that are made for one image. While it is open, neither they nor those that were there
 * when it was opened are collected.
 */
final class NewPacks implements ImagePacker.Destination, Closeable {
  private final Blobs blobs;
  private final String domain;
  private final PackWorkers workers;
  private final Pins.Pin pin;
  private final List<UUID> made = new CopyOnWriteArrayList<>();

  NewPacks(Blobs blobs, String domain, String image, PackWorkers workers) throws IOException {
    this.blobs = blobs;
    this.domain = domain;
    this.workers = workers;
    this.pin = new Pins(blobs).take(image, domain);
  }

  String domain() {
    return domain;
  }

  /** Whether they are sealed under these keys. */
  boolean areSealedUnder(DomainKeys keys) {
    return workers.keys().areSameAs(keys);
  }

  @Override
  public Upload create(UUID pack) throws IOException {
    made.add(pack);
    return blobs.begin(name(pack).blob());
  }

  /** Begins a pack that another store has. It stays whatever becomes of the image. */
  Upload receive(UUID pack) throws IOException {
    return blobs.begin(name(pack).blob());
  }

  /** Takes back what was received and does not read back: later images would rely on it. */
  void remove(UUID pack) throws IOException {
    blobs.delete(name(pack).blob());
  }

  @Override
  public ReadableBlob open(UUID pack) throws IOException {
    return blobs.open(name(pack).blob());
  }

  @Override
  public void readBack(UUID pack) throws IOException, CorruptPackException {
    name(pack).readBack(blobs, workers);
  }

  private PackName name(UUID pack) {
    return new PackName(domain, pack);
  }

  /**
   * Makes sure that all are still safe from collection.
   *
   * @throws IOException when it took too long
   */
  void check() throws IOException {
    pin.check();
  }

  /** Removes them: nothing will name them. */
  void discard() throws IOException {
    for (UUID pack : made) {
      blobs.delete(name(pack).blob());
    }
  }

  @Override
  public void close() throws IOException {
    pin.close();
  }
}
