package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.ManifestJson.MalformedManifestException;
import io.dormouse.checkpoint.images.keys.KeyRing;
import io.dormouse.checkpoint.images.packs.CorruptPackException;
import io.dormouse.checkpoint.images.packs.ForeignKeysException;
import io.dormouse.checkpoint.images.packs.PackStore;
import io.dormouse.checkpoint.images.packs.PackedImage;
import io.dormouse.checkpoint.images.packs.SealedImage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Takes images that other stores offer, by the rule of all images: written, read back, verified,
 * and the manifest last.
 */
final class ImageTaking {
  private final Catalog catalog;
  private final PackStore packs;
  private final KeyRing ring;
  private final Upkeep upkeep;

  ImageTaking(PackedImageStore.Parts parts, Upkeep upkeep) {
    this.catalog = parts.catalog();
    this.packs = parts.packs();
    this.ring = parts.ring();
    this.upkeep = upkeep;
  }

  /** Takes an image; {@code owner} is whose it must be. */
  Stored<Manifest> take(ImageOffer offer, OptionalLong owner) {
    ImageId id = offer.id();
    try {
      if (catalog.exists(id)) {
        return failed(new StoreFailure.AlreadyPublished(id));
      }
      byte[] signed = offer.manifest();
      Manifest manifest = catalog.read(id, signed);
      long uid = manifest.metadata().ownerUid();
      if (!manifest.contents().domain().equals(Upkeep.domain(uid))) {
        return failed(new StoreFailure.BadOffer(id, "its pages are not in its owner's domain"));
      }
      if (owner.isPresent() && owner.getAsLong() != uid) {
        return failed(new StoreFailure.NotTheOwners(id, owner.getAsLong()));
      }
      Optional<StoreFailure> refusal = upkeep.refusal(uid, 1);
      return refusal.isPresent() ? failed(refusal.get()) : take(offer, manifest, signed);
    } catch (OfferException e) {
      return failed(e.failure());
    } catch (NoSuchFileException e) {
      return failed(new StoreFailure.Missing(id));
    } catch (MalformedManifestException e) {
      return failed(new StoreFailure.BadOffer(id, String.valueOf(e.getMessage())));
    } catch (CorruptPackException e) {
      return failed(new StoreFailure.BadOffer(id, String.valueOf(e.getMessage())));
    } catch (ForeignKeysException e) {
      return failed(new StoreFailure.OtherKeys(id, String.valueOf(e.getMessage())));
    } catch (IOException e) {
      return failed(StoreFailure.of("take over image " + id, e));
    }
  }

  private Stored<Manifest> take(ImageOffer offer, Manifest manifest, byte[] signed)
      throws IOException, CorruptPackException, ForeignKeysException, MalformedManifestException {
    Catalog.Entry entry = catalog.check(manifest, offer.table(tableBytesMax(manifest)));
    ImageId id = manifest.id();
    SealedImage sealed =
        new SealedImage(manifest.contents().domain(), id.generation(), entry.table());
    List<UUID> preferred = catalog.packsOfParent(id, manifest.metadata().parent(), sealed.domain());
    try (PackedImage packed =
        packs.take(sealed, PackedImageStore.name(id), preferred, offer.packs())) {
      byte[] table = packed.table();
      boolean asItWas = Catalog.sha256(table).equals(manifest.contents().tableSha256());
      if (asItWas
          && !new HashSet<>(packed.packs()).equals(new HashSet<>(manifest.contents().packs()))) {
        packed.discard();
        return failed(new StoreFailure.BadOffer(id, "its manifest names other packs than it uses"));
      }
      packed.check();
      Optional<StoreFailure> refusal =
          upkeep.refusalOfWritten(manifest.metadata().ownerUid(), packed.newBytes());
      if (refusal.isPresent()) {
        packed.discard();
        return failed(refusal.get());
      }
      Manifest ours = asItWas ? manifest : repacked(manifest, packed, table);
      boolean published =
          asItWas ? catalog.publishAsItWas(entry, signed) : catalog.publish(ours, table);
      if (!published) {
        packed.discard();
        return failed(new StoreFailure.AlreadyPublished(id));
      }
      ImagePublishing.requireReadable(catalog, id, packed, ring);
      return new Stored.Ok<>(ours);
    }
  }

  /** What an image has that is new, its table is part of. */
  private static int tableBytesMax(Manifest manifest) {
    return (int) Math.min(Catalog.TABLE_BYTES_MAX, manifest.contents().newBytes());
  }

  private static Manifest repacked(Manifest manifest, PackedImage packed, byte[] table) {
    return new Manifest(
        Manifest.FORMAT_VERSION,
        manifest.metadata(),
        new Manifest.Contents(
            packed.domain(),
            packed.files(),
            packed.fileBytes(),
            packed.storedBytes(),
            packed.newBytes(),
            packed.packs(),
            Catalog.sha256(table)));
  }

  private static <T> Stored<T> failed(StoreFailure failure) {
    return new Stored.Failed<>(failure);
  }
}
