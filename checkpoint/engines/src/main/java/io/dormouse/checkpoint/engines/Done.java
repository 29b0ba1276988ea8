package io.dormouse.checkpoint.engines;

import java.time.Duration;

/** Success without a value. */
public record Done(Duration took) {}
