/** What several benchmarks compare with, and what they measure. */
@NullMarked
package io.dormouse.bench.peers;

import org.jspecify.annotations.NullMarked;
