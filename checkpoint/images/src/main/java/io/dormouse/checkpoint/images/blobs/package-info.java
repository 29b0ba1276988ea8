/** Where a store's bytes lie: named blobs that are written once, on a local disk or elsewhere. */
@NullMarked
package io.dormouse.checkpoint.images.blobs;

import org.jspecify.annotations.NullMarked;
