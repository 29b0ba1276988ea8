/** Checkpoints by hand. */
@NullMarked
package io.dormouse.cli.image;

import org.jspecify.annotations.NullMarked;
