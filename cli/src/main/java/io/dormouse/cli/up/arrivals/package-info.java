/** When tasks come: read from a trace or generated, sampled, and compressed in time. */
@NullMarked
package io.dormouse.cli.up.arrivals;

import org.jspecify.annotations.NullMarked;
