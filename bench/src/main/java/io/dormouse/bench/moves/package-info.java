/** How long a process stands still that is taken from one node to another. */
@NullMarked
package io.dormouse.bench.moves;

import org.jspecify.annotations.NullMarked;
