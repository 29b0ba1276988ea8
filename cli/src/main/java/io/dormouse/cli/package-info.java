/** The {@code dormouse} command: what every command of it has in common. */
@NullMarked
package io.dormouse.cli;

import org.jspecify.annotations.NullMarked;
