/** {@code dormouse bench}: measurements side by side with a peer or a physical limit. */
@NullMarked
package io.dormouse.cli.bench;

import org.jspecify.annotations.NullMarked;
