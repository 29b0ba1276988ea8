package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.ManifestJson.MalformedManifestException;
import io.dormouse.checkpoint.images.ManifestJson.OtherFormatException;
import io.dormouse.checkpoint.images.packs.CorruptPackException;
import io.dormouse.checkpoint.images.packs.PackStore;
import io.dormouse.checkpoint.images.packs.SealedImage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/** Reads images: to be restored, to be verified, or for another store. All of it is checked. */
final class ImageReading {
  private final Catalog catalog;
  private final PackStore packs;
  private final Spool spool;

  ImageReading(PackedImageStore.Parts parts) {
    this.catalog = parts.catalog();
    this.packs = parts.packs();
    this.spool = parts.spool();
  }

  /** See {@link ImageStore#fetch}. */
  Fetched fetch(ImageId id) {
    try {
      StagedImage staged = new StagedImage(id, spool.create(id));
      VerifyResult result = fetch(id, staged.directory());
      if (!(result instanceof VerifyResult.Verified)) {
        ImagePublishing.remove(staged);
      }
      return new Fetched(result, staged);
    } catch (IOException e) {
      return new Fetched(
          new VerifyResult.Unavailable(id, StoreFailure.of("fetch image " + id, e)),
          new StagedImage(id, Path.of("")));
    }
  }

  /** See {@link ImageStore#fetch(ImageId, Path)}. */
  VerifyResult fetch(ImageId id, Path directory) {
    return check(id, entry -> packs.unpack(sealed(entry), directory));
  }

  /** See {@link ImageStore#rebuild}. */
  VerifyResult rebuild(ImageId was, ImageId id, Path directory) {
    return check(
        id, entry -> packs.rebuild(sealed(catalog.readAll(was)), sealed(entry), directory));
  }

  private static SealedImage sealed(Catalog.Entry entry) {
    Manifest manifest = entry.manifest();
    return new SealedImage(manifest.contents().domain(), manifest.id().generation(), entry.table());
  }

  /** See {@link ImageStore#verify}. */
  VerifyResult verify(ImageId id) {
    return check(
        id,
        entry ->
            packs.verify(entry.manifest().contents().domain(), id.generation(), entry.table()));
  }

  /** What is to be done with the pages of an image. */
  private interface Pages {
    void read(Catalog.Entry entry)
        throws IOException, CorruptPackException, MalformedManifestException;
  }

  private VerifyResult check(ImageId id, Pages pages) {
    long start = System.nanoTime();
    try {
      Catalog.Entry entry = catalog.readAll(id);
      try {
        pages.read(entry);
      } catch (NoSuchFileException e) {
        return new VerifyResult.Corrupt(id, String.valueOf(e.getFile()), "is missing");
      } catch (CorruptPackException e) {
        return new VerifyResult.Corrupt(id, "its pages", String.valueOf(e.getMessage()));
      }
      return new VerifyResult.Verified(
          entry.manifest(), Duration.ofNanos(System.nanoTime() - start));
    } catch (OtherFormatException e) {
      return new VerifyResult.OtherFormat(id, e.formatVersion());
    } catch (MalformedManifestException e) {
      return new VerifyResult.Corrupt(id, Manifest.FILE_NAME, String.valueOf(e.getMessage()));
    } catch (NoSuchFileException e) {
      return new VerifyResult.Missing(id);
    } catch (IOException e) {
      return new VerifyResult.Unavailable(id, StoreFailure.of("read image " + id, e));
    }
  }

  /** See {@link ImageStore#pages}. */
  Stored<byte[]> pages(ImageId id) {
    try {
      Catalog.Entry entry = catalog.readAll(id);
      String domain = entry.manifest().contents().domain();
      return new Stored.Ok<>(new SealedImage(domain, id.generation(), entry.table()).write());
    } catch (NoSuchFileException e) {
      return new Stored.Failed<>(new StoreFailure.Missing(id));
    } catch (MalformedManifestException e) {
      return new Stored.Failed<>(new StoreFailure.BadOffer(id, String.valueOf(e.getMessage())));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("read the pages of image " + id, e));
    }
  }

  /** See {@link ImageStore#offer}. */
  Stored<ImageOffer> offer(ImageId id) {
    try {
      Catalog.Entry entry = catalog.readAll(id);
      return new Stored.Ok<>(
          new StoredOffer(
              entry, catalog.signed(id), packs.source(entry.manifest().contents().domain())));
    } catch (NoSuchFileException e) {
      return new Stored.Failed<>(new StoreFailure.Missing(id));
    } catch (MalformedManifestException e) {
      return new Stored.Failed<>(new StoreFailure.BadOffer(id, String.valueOf(e.getMessage())));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("offer image " + id, e));
    }
  }
}
