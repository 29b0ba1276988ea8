/** The decision engine behind the state machine's seam. */
@NullMarked
package io.dormouse.controller.decide;

import org.jspecify.annotations.NullMarked;
