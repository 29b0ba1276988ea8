package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.blobs.Traffic;
import io.dormouse.checkpoint.images.packs.LeftOut;
import io.dormouse.checkpoint.images.upkeep.StoreRules;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where images live. Implementations are safe for use by several threads and processes at once.
 *
 * <p>The way of an image: {@link #stage}, write files into the directory, {@link #publish} (each
 * page once, compressed, sealed, read back; then a signed manifest), {@link #claim}, {@link
 * #fetch}, restore, {@link #delete}; {@link #collect} now and then.
 */
public interface ImageStore extends AutoCloseable {
  /** Opens a store, which is made where it is missing. */
  static Stored<ImageStore> open(StoreLocation location, InstantSource clock) {
    return open(location, StoreRules.NONE, clock);
  }

  /** The same, held to rules. */
  static Stored<ImageStore> open(StoreLocation location, StoreRules rules, InstantSource clock) {
    return new StoreOpening(location, rules, clock).open();
  }

  /** Opens a store that is there; else it is a {@link StoreFailure.NoStore}. */
  static Stored<ImageStore> openExisting(StoreLocation location, InstantSource clock) {
    return new StoreOpening(location, StoreRules.NONE, clock).openExisting();
  }

  /**
   * Opens the store of a local directory, which is made where it is missing, with all that belongs
   * to it in that directory.
   *
   * @param uri {@code file:/path}
   */
  static Stored<ImageStore> open(URI uri, InstantSource clock) {
    return StoreAddress.parse(uri.toString()) instanceof Stored.Failed<URI> bad
        ? new Stored.Failed<>(bad.failure())
        : open(StoreLocation.ofDirectory(Path.of(uri.getPath())), clock);
  }

  /**
   * Makes an empty staging directory, to be {@link #publish}ed or {@link #discard}ed; fails if the
   * image is published already.
   */
  Stored<StagedImage> stage(ExpectedImage expected);

  /**
   * Makes the staged files an image, all or nothing, and removes them. On failure the staging
   * directory stays: {@link #discard} it.
   */
  default Stored<Image.Published> publish(StagedImage staged, ImageMetadata metadata) {
    return publish(staged, metadata, LeftOut.NOTHING);
  }

  /**
   * The same where some was left out of the directory: pages that the image's base has ({@link
   * StagedImage#inherits}), or that are still in memory. The image is whole, and needs neither any
   * more.
   */
  Stored<Image.Published> publish(StagedImage staged, ImageMetadata metadata, LeftOut leftOut);

  /** Which pages an image has, to be another's {@link ExpectedImage#base}; sealed. */
  Stored<byte[]> pages(ImageId id);

  /** Throws a staging directory away. */
  Stored<StagedImage> discard(StagedImage staged);

  /**
   * Makes an image's files anew, in a staging directory of their own. All that is read is
   * authenticated on the way, so this is as good as a {@link #verify} before.
   */
  Fetched fetch(ImageId id);

  /**
   * The same in a directory of the caller's, which must be empty, and private as images are. What
   * an attempt that fails leaves in it is the caller's to remove.
   */
  VerifyResult fetch(ImageId id, Path directory);

  /**
   * Makes an image's files of another's of the same instance, in its place: what both have is not
   * read again, and not authenticated again either. On failure the directory holds neither.
   *
   * @param was the image whose files the directory holds, exactly as they were fetched
   */
  VerifyResult rebuild(ImageId was, ImageId id, Path directory);

  /** Reads everything that an image consists of, and compares it with what was signed. */
  VerifyResult verify(ImageId id);

  /** Offers an image as it lies here, for another store to {@link #take}. */
  Stored<ImageOffer> offer(ImageId id);

  /**
   * Takes an image that another store offers, all or nothing, if the keys of the two are the same:
   * what this store has of it already does not come again. Every page that comes is authenticated.
   * Whole packs that came stay when it fails, so that taking it again goes on from there.
   *
   * @param owner the uid that must own it; any if empty
   */
  Stored<Image.Published> take(ImageOffer offer, OptionalLong owner);

  /**
   * Takes the one right to wake an image; taking it again under the same claimant's name is fine (a
   * retry).
   */
  Stored<Claim> claim(ImageId id, String claimant);

  /** Who has the right to wake an image; empty as long as nobody took it, or there is no image. */
  Stored<Optional<Claim>> claimOf(ImageId id);

  /** Gives the right back after a wake that was rolled back; only its claimant can. */
  Stored<ImageId> release(ImageId id, String claimant);

  Image show(ImageId id);

  /** All images, by instance and then creation, at most 100,000. */
  Stored<List<Image>> list();

  /** The images of one instance, oldest first. */
  Stored<List<Image>> list(String instance);

  /**
   * Removes an image, its claim, and whatever was staged for it. The files go out of sight at once,
   * then are deleted. Nobody may still be writing it.
   */
  Stored<ImageId> delete(ImageId id);

  /**
   * Removes what dead writers left behind.
   *
   * @param olderThan age of the staging directory's last change; give more than the longest dump
   * @return how many directories went
   */
  Stored<Integer> sweep(Duration olderThan);

  /**
   * Gives back the space of pages that no image uses any more. Others may dump, wake, delete and
   * collect meanwhile.
   *
   * @return how many bytes went
   */
  Stored<Long> collect();

  /** The end of all that an owner has stored. */
  Erasing erasing(long ownerUid);

  /** What owners may store, what goes by itself, and what was stored. */
  Upkeep upkeep();

  /** What was read of and written to the store since it was opened here. */
  Traffic traffic();

  /** Frees connections to a store elsewhere; images stay. */
  @Override
  void close();
}
