package io.dormouse.checkpoint.images.blobs;

import java.time.Instant;

/**
 * What a listing says of a blob.
 *
 * @param name with '/' between its parts
 * @param bytes its length
 * @param createdAt when it was published, by the backend's clock
 */
public record Blob(String name, long bytes, Instant createdAt) {}
