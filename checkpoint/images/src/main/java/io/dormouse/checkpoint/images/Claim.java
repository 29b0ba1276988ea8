package io.dormouse.checkpoint.images;

import java.time.Instant;

/** The right to wake an image, which exists once. */
public record Claim(ImageId id, String claimant, Instant at) {}
