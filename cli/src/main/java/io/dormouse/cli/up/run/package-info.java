/** Daemons, folders and runs of {@code up}, and how they end. */
@NullMarked
package io.dormouse.cli.up.run;

import org.jspecify.annotations.NullMarked;
