/**
 * Packs: where the pages of images lie, each page once per dedup domain, compressed and encrypted.
 */
@NullMarked
package io.dormouse.checkpoint.images.packs;

import org.jspecify.annotations.NullMarked;
