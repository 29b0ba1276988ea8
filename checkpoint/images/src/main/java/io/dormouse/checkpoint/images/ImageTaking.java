package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.ManifestJson.MalformedManifestException;
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
  private final Upkeep upkeep;

  ImageTaking(Catalog catalog, PackStore packs, Upkeep upkeep) {
    this.catalog = catalog;
    this.packs = packs;
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
      Catalog.Entry entry = catalog.check(id, signed, offer.table());
      Manifest manifest = entry.manifest();
      long uid = manifest.metadata().ownerUid();
      if (!manifest.contents().domain().equals(Upkeep.domain(uid))) {
        return failed(new StoreFailure.BadOffer(id, "its pages are not in its owner's domain"));
      }
      if (owner.isPresent() && owner.getAsLong() != uid) {
        return failed(new StoreFailure.NotTheOwners(id, owner.getAsLong()));
      }
      Optional<StoreFailure> refusal = upkeep.refusal(uid, 1);
      return refusal.isPresent() ? failed(refusal.get()) : take(offer, entry, signed);
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

  private Stored<Manifest> take(ImageOffer offer, Catalog.Entry entry, byte[] signed)
      throws IOException, CorruptPackException, ForeignKeysException {
    Manifest manifest = entry.manifest();
    ImageId id = manifest.id();
    SealedImage sealed =
        new SealedImage(manifest.contents().domain(), id.generation(), entry.table());
    try (PackedImage packed =
        packs.take(sealed, PackedImageStore.name(id), packsOfParent(manifest), offer.packs())) {
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
      return new Stored.Ok<>(ours);
    }
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

  /** The last life's pages are the likeliest to be here. */
  private List<UUID> packsOfParent(Manifest manifest) throws IOException {
    if (manifest.metadata().parent().isEmpty()) {
      return List.of();
    }
    try {
      Manifest parent =
          catalog.read(new ImageId(manifest.id().instance(), manifest.metadata().parent().get()));
      boolean same = parent.contents().domain().equals(manifest.contents().domain());
      return same ? parent.contents().packs() : List.of();
    } catch (NoSuchFileException | MalformedManifestException e) {
      return List.of();
    }
  }

  private static <T> Stored<T> failed(StoreFailure failure) {
    return new Stored.Failed<>(failure);
  }
}
