package io.dormouse.checkpoint.images;

import java.time.Duration;

/** The answer to "may this image be restored?". Only {@link Verified} is a yes. */
public sealed interface VerifyResult {
  ImageId id();

  /** For people: what was found and, unless it is fine, what to do about it. */
  String message();

  /** Its signature holds, and every page is there as it was written. */
  record Verified(Manifest manifest, Duration took) implements VerifyResult {
    @Override
    public ImageId id() {
      return manifest.id();
    }

    @Override
    public String message() {
      Manifest.Contents contents = manifest.contents();
      return "Image %s is intact: %d files, %d bytes, checked in %.2f s."
          .formatted(id(), contents.files(), contents.fileBytes(), took.toNanos() / 1e9);
    }
  }

  /** A file differs from what the manifest says; {@code file} is relative to the image. */
  record Corrupt(ImageId id, String file, String reason) implements VerifyResult {
    @Override
    public String message() {
      return "Image %s is damaged: %s: %s%nMaybe the disk or a copy went wrong; it is not restored. Wake an older image of the instance or start it cold."
          .formatted(id, file, reason);
    }
  }

  /** It is signed, and in a format that this program does not know; says nothing of its pages. */
  record OtherFormat(ImageId id, int formatVersion) implements VerifyResult {
    @Override
    public String message() {
      return "The format version (%d) of image %s must be from %d to %d.%nMaybe a newer Dormouse wrote it; verify and restore it with that one."
          .formatted(formatVersion, id, Manifest.FORMAT_VERSION_MIN, Manifest.FORMAT_VERSION);
    }
  }

  /** There is no such image. */
  record Missing(ImageId id) implements VerifyResult {
    @Override
    public String message() {
      return "There is no image %s in the store.%nMaybe it was deleted, or its dump never finished; list the store's images."
          .formatted(id);
    }
  }

  /** The store could not be read; says nothing about the image. */
  record Unavailable(ImageId id, StoreFailure failure) implements VerifyResult {
    @Override
    public String message() {
      return failure.message();
    }
  }
}
