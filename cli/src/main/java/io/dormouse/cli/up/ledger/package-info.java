/** What a run of {@code up} came to: counts, latencies, memory and money, from its events alone. */
@NullMarked
package io.dormouse.cli.up.ledger;

import org.jspecify.annotations.NullMarked;
