/** The daemons as commands. */
@NullMarked
package io.dormouse.cli.daemon;

import org.jspecify.annotations.NullMarked;
