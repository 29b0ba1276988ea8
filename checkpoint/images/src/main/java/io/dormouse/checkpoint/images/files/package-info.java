/** Files that only their owner may see. */
@NullMarked
package io.dormouse.checkpoint.images.files;

import org.jspecify.annotations.NullMarked;
