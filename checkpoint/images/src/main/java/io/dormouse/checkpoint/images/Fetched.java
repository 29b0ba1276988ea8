package io.dormouse.checkpoint.images;

/**
 * What came of fetching an image.
 *
 * @param result whether all of it is there and as it was written
 * @param copy where its files are if it is {@link VerifyResult.Verified}, to be discarded after
 *     use; else nowhere
 */
public record Fetched(VerifyResult result, StagedImage copy) {}
