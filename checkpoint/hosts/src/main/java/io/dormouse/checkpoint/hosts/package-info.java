/**
 * What hosts are and can restore, and the rules by which one can restore what another dumped. Pure
 * but for the look at this host.
 */
@NullMarked
package io.dormouse.checkpoint.hosts;

import org.jspecify.annotations.NullMarked;
