package io.dormouse.checkpoint.images.upkeep;

/**
 * What one owner's images take, and cost.
 *
 * @param ownerUid whose
 * @param images how many there are
 * @param storedBytes what all of his pages take now, those that no image uses any more included
 * @param byteHours bytes stored, times the hours they were, over the asked time
 */
public record OwnerUsage(long ownerUid, int images, long storedBytes, double byteHours) {}
