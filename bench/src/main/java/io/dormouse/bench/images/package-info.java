/** How images compare with what sites use by hand. */
@NullMarked
package io.dormouse.bench.images;

import org.jspecify.annotations.NullMarked;
