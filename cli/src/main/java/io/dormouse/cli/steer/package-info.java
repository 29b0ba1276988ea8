/** Commands by which an operator acts by hand. */
@NullMarked
package io.dormouse.cli.steer;

import org.jspecify.annotations.NullMarked;
