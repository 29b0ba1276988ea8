package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.ManifestJson.MalformedManifestException;
import io.dormouse.checkpoint.images.blobs.Blob;
import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.keys.StoreKeys;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The manifests and page tables of a store: {@code images/<instance>/<generation>/}. */
final class Catalog {
  private static final String FOLDER = "images";
  private static final int IMAGES_MAX = 100_000;
  static final int TABLE_BYTES_MAX = 256 << 20;
  private static final Pattern MANIFEST =
      Pattern.compile("images/([^/]+)/([0-9a-f-]{36})/" + Pattern.quote(Manifest.FILE_NAME));

  private final Blobs blobs;
  private final StoreKeys keys;

  Catalog(Blobs blobs, StoreKeys keys) {
    this.blobs = blobs;
    this.keys = keys;
  }

  /** A manifest and its image's sealed page table. */
  static final class Entry {
    private final Manifest manifest;
    private final byte[] table;

    private Entry(Manifest manifest, byte[] table) {
      this.manifest = manifest;
      this.table = table;
    }

    Manifest manifest() {
      return manifest;
    }

    /** Not to be changed. */
    byte[] table() {
      return table;
    }
  }

  /**
   * Publishes an image: its table, then its manifest.
   *
   * @return whether there was none of that name
   */
  boolean publish(Manifest manifest, byte[] table) throws IOException {
    ImageId id = manifest.id();
    if (!blobs.create(table(id, manifest), table)) {
      return false;
    }
    if (blobs.create(manifest(id), SignedManifest.write(manifest, keys.signing()))) {
      return true;
    }
    blobs.delete(table(id, manifest));
    return false;
  }

  /**
   * Publishes an image as another store has it. Its table may be here already, from one who tried
   * before or tries too, and is never taken away: whoever publishes it needs the same.
   *
   * @return whether there was none of that name
   */
  boolean publishAsItWas(Entry entry, byte[] signed) throws IOException {
    String table = table(entry.manifest.id(), entry.manifest);
    if (!blobs.create(table, entry.table)
        && !Arrays.equals(blobs.read(table, TABLE_BYTES_MAX), entry.table)) {
      throw new IOException("the page table %s is damaged".formatted(table));
    }
    return blobs.create(manifest(entry.manifest.id()), signed);
  }

  /**
   * Reads an image's manifest.
   *
   * @throws NoSuchFileException when there is no such image
   * @throws MalformedManifestException when nobody trusted vouches for it
   */
  Manifest read(ImageId id) throws IOException, MalformedManifestException {
    return read(id, signed(id));
  }

  /** The document of an image's manifest, as it is. */
  byte[] signed(ImageId id) throws IOException {
    return blobs.read(manifest(id), ManifestJson.BYTES_MAX);
  }

  /**
   * Reads what another store, or this one, says of an image.
   *
   * @throws MalformedManifestException when nobody trusted vouches for it
   */
  Manifest read(ImageId id, byte[] signed) throws MalformedManifestException {
    Manifest manifest = SignedManifest.read(signed, keys.signers());
    if (!manifest.id().equals(id)) {
      throw new MalformedManifestException(
          "it is of image %s".formatted(manifest.id()), new IOException(manifest(id)));
    }
    return manifest;
  }

  /**
   * Checks a page table.
   *
   * @throws MalformedManifestException when it is not the manifest's
   */
  Entry check(Manifest manifest, byte[] table) throws MalformedManifestException {
    if (!sha256(table).equals(manifest.contents().tableSha256())) {
      throw new MalformedManifestException(
          "its page table is not the one that was signed",
          new IOException(table(manifest.id(), manifest)));
    }
    return new Entry(manifest, table);
  }

  /**
   * Reads an image's manifest and page table.
   *
   * @throws NoSuchFileException when there is no such image
   * @throws MalformedManifestException when one of them is not as it was written
   */
  Entry readAll(ImageId id) throws IOException, MalformedManifestException {
    Manifest manifest = read(id);
    try {
      return check(manifest, blobs.read(table(id, manifest), TABLE_BYTES_MAX));
    } catch (NoSuchFileException e) {
      throw new MalformedManifestException("its page table is missing", e);
    }
  }

  /**
   * The packs of the image that an instance was woken from, as far as they may be shared: the last
   * life's pages are the likeliest to come again.
   *
   * @param domain of the new image
   */
  List<UUID> packsOfParent(ImageId id, Optional<UUID> parent, String domain) throws IOException {
    if (parent.isEmpty()) {
      return List.of();
    }
    try {
      Manifest.Contents contents = read(new ImageId(id.instance(), parent.get())).contents();
      return contents.domain().equals(domain) ? contents.packs() : List.of();
    } catch (NoSuchFileException | MalformedManifestException e) {
      return List.of();
    }
  }

  /** When images were published, by the clock of whatever keeps them, which is one for all. */
  static Map<ImageId, Instant> publishedAt(Blobs blobs) throws IOException {
    Map<ImageId, Instant> dates = new HashMap<>();
    for (Blob blob : blobs.list(FOLDER, 2 * IMAGES_MAX)) {
      id(blob.name()).ifPresent(id -> dates.put(id, blob.createdAt()));
    }
    return dates;
  }

  boolean exists(ImageId id) throws IOException {
    return blobs.exists(manifest(id));
  }

  /** All images, by instance. */
  List<ImageId> list() throws IOException {
    return ids(FOLDER);
  }

  /** The images of one instance. */
  List<ImageId> list(String instance) throws IOException {
    return ids(FOLDER + "/" + instance);
  }

  private List<ImageId> ids(String folder) throws IOException {
    List<ImageId> found = new ArrayList<>();
    for (Blob blob : blobs.list(folder, 2 * IMAGES_MAX)) {
      id(blob.name()).ifPresent(found::add);
    }
    return found;
  }

  private static Optional<ImageId> id(String name) {
    Matcher form = MANIFEST.matcher(name);
    if (!form.matches() || !ImageId.isValidName(form.group(1))) {
      return Optional.empty();
    }
    try {
      return Optional.of(new ImageId(form.group(1), UUID.fromString(form.group(2))));
    } catch (IllegalArgumentException notOurs) {
      return Optional.empty();
    }
  }

  /** Removes an image; whether there was one. Its manifest goes first: then it is no image. */
  boolean delete(ImageId id) throws IOException {
    boolean there = blobs.delete(manifest(id));
    for (Blob blob : blobs.list(folder(id), IMAGES_MAX)) {
      blobs.delete(blob.name());
    }
    return there;
  }

  private static String folder(ImageId id) {
    return "%s/%s/%s".formatted(FOLDER, id.instance(), id.generation());
  }

  private static String manifest(ImageId id) {
    return folder(id) + "/" + Manifest.FILE_NAME;
  }

  /** By its sum, so that writers of one image never touch each other's. */
  private static String table(ImageId id, Manifest manifest) {
    return folder(id) + "/" + manifest.contents().tableSha256() + ".pages";
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform must have SHA-256.", e);
    }
  }
}
