package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.ImageFiles.StrayFileException;
import io.dormouse.checkpoint.images.ManifestJson.MalformedManifestException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Images in a directory: {@code images/<instance>/<generation>/}, {@code staging/}, {@code
 * claims/}.
 */
final class DirectoryImageStore implements ImageStore {
  private static final int LIST_MAX = 100_000;

  private final Path images;
  private final Path staging;
  private final DirectoryClaims claims;
  private final InstantSource clock;

  private DirectoryImageStore(Path root, InstantSource clock) {
    this.images = root.resolve("images");
    this.staging = root.resolve("staging");
    this.claims = new DirectoryClaims(root.resolve("claims"), clock);
    this.clock = clock;
  }

  static Stored<ImageStore> open(URI uri, InstantSource clock) {
    if (!"file".equals(uri.getScheme())
        || uri.getPath() == null
        || !uri.getPath().startsWith("/")) {
      return new Stored.Failed<>(
          new StoreFailure.Io("open " + uri, "the address must be file:/an/absolute/path"));
    }
    Path root = Path.of(uri.getPath());
    try {
      Files.createDirectories(root);
      DirectoryImageStore store = new DirectoryImageStore(root.toRealPath(), clock);
      ImageFiles.createPrivateDirectories(store.images);
      ImageFiles.createPrivateDirectories(store.staging);
      return new Stored.Ok<>(store);
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("open " + root, e));
    }
  }

  @Override
  public Stored<StagedImage> stage(ImageId id) {
    try {
      if (ImageFiles.isThere(directory(id))) {
        return new Stored.Failed<>(new StoreFailure.AlreadyPublished(id));
      }
      Path made = staging.resolve(stagingPrefix(id) + UUID.randomUUID());
      return new Stored.Ok<>(new StagedImage(id, ImageFiles.createPrivateDirectories(made)));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("stage image " + id, e));
    }
  }

  @Override
  public Stored<Image.Published> publish(StagedImage staged, ImageMetadata metadata) {
    ImageId id = staged.id();
    if (!metadata.id().equals(id)) {
      throw new IllegalArgumentException(
          "The metadata of %s must be of image %s.".formatted(metadata.id(), id));
    }
    try {
      Manifest manifest =
          new Manifest(Manifest.FORMAT_VERSION, metadata, describe(staged.directory()));
      Path file = staged.directory().resolve(Manifest.FILE_NAME);
      Files.deleteIfExists(file);
      ImageFiles.writeDurably(file, ManifestJson.write(manifest));
      ImageFiles.syncDirectoriesBelow(staged.directory());
      if (!(ImageVerifier.verify(id, staged.directory()) instanceof VerifyResult.Verified)) {
        return new Stored.Failed<>(
            new StoreFailure.BadContent(
                staged.directory().toString(), "it does not read back as it was written"));
      }
      return new Stored.Ok<>(
          new Image.Published(manifest, moveInPlace(staged), claims.isClaimed(id)));
    } catch (StrayFileException e) {
      return new Stored.Failed<>(
          new StoreFailure.BadContent(
              String.valueOf(e.getMessage()), "is neither a file nor a directory"));
    } catch (IOException e) {
      // A rename onto another writer's image fails in one of several ways.
      return new Stored.Failed<>(
          Files.exists(directory(id))
              ? new StoreFailure.AlreadyPublished(id)
              : StoreFailure.of("publish image " + id, e));
    } catch (IllegalArgumentException e) {
      return new Stored.Failed<>(
          new StoreFailure.BadContent(
              staged.directory().toString(), String.valueOf(e.getMessage())));
    }
  }

  private static List<ManifestFile> describe(Path directory)
      throws IOException, StrayFileException {
    List<ManifestFile> files = new ArrayList<>();
    for (Checksums.Sum sum : Checksums.of(ImageFiles.regularFiles(directory), true)) {
      files.add(
          new ManifestFile(
              directory.relativize(sum.file()).toString(),
              sum.bytes(),
              ImageFiles.mode(sum.file()),
              sum.sha256()));
    }
    return files;
  }

  private Path moveInPlace(StagedImage staged) throws IOException {
    Path folder = images.resolve(staged.id().instance());
    Path target = directory(staged.id());
    ImageFiles.createPrivateDirectories(folder);
    // rename(2) replaces an empty directory only, so of two writers of one image the second fails.
    Files.move(staged.directory(), target, StandardCopyOption.ATOMIC_MOVE);
    ImageFiles.syncDirectory(folder);
    ImageFiles.syncDirectory(images);
    return target;
  }

  @Override
  public Stored<StagedImage> discard(StagedImage staged) {
    try {
      Trees.delete(staged.directory());
      return new Stored.Ok<>(staged);
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("discard " + staged.directory(), e));
    }
  }

  @Override
  public VerifyResult verify(ImageId id) {
    return ImageVerifier.verify(id, directory(id));
  }

  @Override
  public Stored<Claim> claim(ImageId id, String claimant) {
    try {
      return ImageFiles.isThere(directory(id))
          ? claims.claim(id, claimant)
          : new Stored.Failed<>(new StoreFailure.Missing(id));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("claim image " + id, e));
    }
  }

  @Override
  public Stored<ImageId> release(ImageId id, String claimant) {
    return claims.release(id, claimant);
  }

  @Override
  public Image show(ImageId id) {
    Path directory = directory(id);
    try {
      if (!ImageFiles.isThere(directory)) {
        return new Image.Missing(id);
      }
      return new Image.Published(
          ImageVerifier.readManifest(id, directory), directory, claims.isClaimed(id));
    } catch (MalformedManifestException | IOException e) {
      return new Image.Unreadable(id, directory, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Stored<List<Image>> list() {
    try (Stream<Path> instances = Files.list(images)) {
      List<Image> all = new ArrayList<>();
      for (Path instance : instances.sorted().limit(LIST_MAX).toList()) {
        if (ImageId.isValidName(instance.getFileName().toString())) {
          all.addAll(imagesOf(instance));
        }
      }
      return new Stored.Ok<>(all.size() > LIST_MAX ? all.subList(0, LIST_MAX) : all);
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("list images", e));
    }
  }

  @Override
  public Stored<List<Image>> list(String instance) {
    if (!ImageId.isValidName(instance)) {
      return new Stored.Failed<>(new StoreFailure.Io("list images", "this is no instance name"));
    }
    try {
      return new Stored.Ok<>(imagesOf(images.resolve(instance)));
    } catch (NoSuchFileException e) {
      return new Stored.Ok<>(List.of());
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("list images of " + instance, e));
    }
  }

  private List<Image> imagesOf(Path instance) throws IOException {
    List<Image> found = new ArrayList<>();
    try (Stream<Path> generations = Files.list(instance)) {
      for (Path generation : generations.limit(LIST_MAX).toList()) {
        found.add(
            show(
                new ImageId(
                    instance.getFileName().toString(),
                    UUID.fromString(generation.getFileName().toString()))));
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("%s holds something that is no generation".formatted(instance), e);
    }
    found.sort(Comparator.comparing(DirectoryImageStore::createdAt));
    return found;
  }

  private static Instant createdAt(Image image) {
    return image instanceof Image.Published published
        ? published.manifest().metadata().createdAt()
        : Instant.EPOCH;
  }

  @Override
  public Stored<ImageId> delete(ImageId id) {
    Path doomed = staging.resolve("deleted." + UUID.randomUUID());
    try {
      deleteStaged(id);
      Files.move(directory(id), doomed, StandardCopyOption.ATOMIC_MOVE);
      claims.remove(id);
      Trees.delete(doomed);
      return new Stored.Ok<>(id);
    } catch (NoSuchFileException e) {
      return new Stored.Failed<>(new StoreFailure.Missing(id));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("delete image " + id, e));
    }
  }

  /** What a writer that died has left of the image. */
  private void deleteStaged(ImageId id) throws IOException {
    try (Stream<Path> all = Files.list(staging)) {
      String prefix = stagingPrefix(id);
      for (Path staged :
          all.filter(path -> path.getFileName().toString().startsWith(prefix)).toList()) {
        Trees.delete(staged);
      }
    }
  }

  private static String stagingPrefix(ImageId id) {
    return id.instance() + "." + id.generation() + ".";
  }

  @Override
  public Stored<Integer> sweep(Duration olderThan) {
    Instant limit = clock.instant().minus(olderThan);
    int swept = 0;
    try (Stream<Path> leftovers = Files.list(staging)) {
      for (Path leftover : leftovers.limit(LIST_MAX).toList()) {
        if (lastChange(leftover).isBefore(limit)) {
          Trees.delete(leftover);
          swept++;
        }
      }
      return new Stored.Ok<>(swept);
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("sweep " + staging, e));
    }
  }

  private static Instant lastChange(Path directory) throws IOException {
    Instant latest = Instant.EPOCH;
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path path : walk.toList()) {
        Instant changed =
            Files.getLastModifiedTime(path, java.nio.file.LinkOption.NOFOLLOW_LINKS).toInstant();
        latest = changed.isAfter(latest) ? changed : latest;
      }
    }
    return latest;
  }

  private Path directory(ImageId id) {
    return images.resolve(id.instance()).resolve(id.generation().toString());
  }
}
