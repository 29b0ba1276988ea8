/**
 * Images of hibernated instances: their manifest, and the store that publishes, verifies and lends
 * them.
 */
@NullMarked
package io.dormouse.checkpoint.images;

import org.jspecify.annotations.NullMarked;
