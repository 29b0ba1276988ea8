/** Benchmarks. */
@NullMarked
package io.dormouse.bench;

import org.jspecify.annotations.NullMarked;
