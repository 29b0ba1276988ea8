/** The store's keys: who can read which owner's images, and whose word on an image counts. */
@NullMarked
package io.dormouse.checkpoint.images.keys;

import org.jspecify.annotations.NullMarked;
