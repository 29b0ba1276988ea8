/** What owners may store, what is kept of it for how long, and what it cost. */
@NullMarked
package io.dormouse.checkpoint.images.upkeep;

import org.jspecify.annotations.NullMarked;
