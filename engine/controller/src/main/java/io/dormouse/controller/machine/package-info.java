/** The controller's logic: a single-threaded deterministic state machine over seams. */
@NullMarked
package io.dormouse.controller.machine;

import org.jspecify.annotations.NullMarked;
