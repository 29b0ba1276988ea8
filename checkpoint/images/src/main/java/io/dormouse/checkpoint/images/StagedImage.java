package io.dormouse.checkpoint.images;

import java.nio.file.Path;

/**
 * A private directory on the store's file system that becomes the image when published. Root-only,
 * mode 0700.
 */
public record StagedImage(ImageId id, Path directory) {}
