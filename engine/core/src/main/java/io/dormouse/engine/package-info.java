/**
 * The decision engine: snapshot in, plan out. No I/O, no threads, no wall clock, no unseeded
 * randomness.
 */
@NullMarked
package io.dormouse.engine;

import org.jspecify.annotations.NullMarked;
