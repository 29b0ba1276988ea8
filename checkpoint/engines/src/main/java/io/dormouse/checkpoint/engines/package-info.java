/**
 * Engines that stop, dump, restore and run instances: the runc capsule, the bare process tree,
 * DMTCP without root, and plain signals.
 */
@NullMarked
package io.dormouse.checkpoint.engines;

import org.jspecify.annotations.NullMarked;
