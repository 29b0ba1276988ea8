/** {@code dormouse up}: the whole product on one machine, against itself switched off. */
@NullMarked
package io.dormouse.cli.up;

import org.jspecify.annotations.NullMarked;
