package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.ImageFiles.StrayFileException;
import io.dormouse.checkpoint.images.ManifestJson.MalformedManifestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares a directory with its manifest. */
final class ImageVerifier {
  private ImageVerifier() {}

  static VerifyResult verify(ImageId id, Path directory) {
    long start = System.nanoTime();
    try {
      if (!ImageFiles.isThere(directory)) {
        return new VerifyResult.Missing(id);
      }
      Manifest manifest = readManifest(id, directory);
      VerifyResult difference = compare(manifest, directory);
      if (difference != null) {
        return difference;
      }
      return new VerifyResult.Verified(
          manifest, directory, manifest.storedBytes(), Duration.ofNanos(System.nanoTime() - start));
    } catch (MalformedManifestException e) {
      return new VerifyResult.Corrupt(id, Manifest.FILE_NAME, String.valueOf(e.getMessage()));
    } catch (StrayFileException e) {
      return new VerifyResult.Corrupt(
          id, String.valueOf(e.getMessage()), "is neither a file nor a directory");
    } catch (IOException e) {
      return missingOrUnavailable(id, directory, e);
    }
  }

  // It may have been deleted while it was read.
  private static VerifyResult missingOrUnavailable(ImageId id, Path directory, IOException error) {
    try {
      if (!ImageFiles.isThere(directory)) {
        return new VerifyResult.Missing(id);
      }
    } catch (IOException e) {
      error.addSuppressed(e);
    }
    return new VerifyResult.Unavailable(id, StoreFailure.of("read image " + id, error));
  }

  static Manifest readManifest(ImageId id, Path directory)
      throws MalformedManifestException, IOException {
    Path file = directory.resolve(Manifest.FILE_NAME);
    if (!ImageFiles.isThere(file) || !ImageFiles.attributes(file).isRegularFile()) {
      throw new MalformedManifestException(
          "there is no manifest", new IOException(file.toString()));
    }
    long bytes = Files.size(file);
    if (bytes > ManifestJson.BYTES_MAX) {
      throw new MalformedManifestException(
          "the manifest has %d bytes, at most %d are allowed"
              .formatted(bytes, ManifestJson.BYTES_MAX),
          new IOException(file.toString()));
    }
    Manifest manifest = ManifestJson.read(Files.readAllBytes(file));
    if (!manifest.id().equals(id)) {
      throw new MalformedManifestException(
          "the manifest is of image %s".formatted(manifest.id()), new IOException(file.toString()));
    }
    return manifest;
  }

  private static @Nullable VerifyResult compare(Manifest manifest, Path directory)
      throws IOException, StrayFileException {
    ImageId id = manifest.id();
    Set<Path> present = new HashSet<>(ImageFiles.regularFiles(directory));
    for (ManifestFile file : manifest.files()) {
      Path path = directory.resolve(file.path());
      if (!present.remove(path)) {
        return new VerifyResult.Corrupt(id, file.path(), "is missing");
      }
      // Sizes first: they cost nothing and find the most common damage.
      if (Files.size(path) != file.sizeBytes()) {
        return new VerifyResult.Corrupt(
            id,
            file.path(),
            "has %d bytes, the manifest says %d".formatted(Files.size(path), file.sizeBytes()));
      }
      if (ImageFiles.mode(path) != file.mode()) {
        return new VerifyResult.Corrupt(
            id,
            file.path(),
            "has mode %04o, the manifest says %04o".formatted(ImageFiles.mode(path), file.mode()));
      }
    }
    for (Path extra : present) {
      return new VerifyResult.Corrupt(
          id, directory.relativize(extra).toString(), "is not in the manifest");
    }
    return compareSums(manifest, directory);
  }

  private static @Nullable VerifyResult compareSums(Manifest manifest, Path directory)
      throws IOException {
    List<Path> paths = manifest.files().stream().map(f -> directory.resolve(f.path())).toList();
    List<Checksums.Sum> sums = Checksums.of(paths, false);
    for (int i = 0; i < sums.size(); i++) {
      ManifestFile file = manifest.files().get(i);
      if (sums.get(i).bytes() != file.sizeBytes() || !sums.get(i).sha256().equals(file.sha256())) {
        return new VerifyResult.Corrupt(
            manifest.id(), file.path(), "its SHA-256 is not the one in the manifest");
      }
    }
    return null;
  }
}
