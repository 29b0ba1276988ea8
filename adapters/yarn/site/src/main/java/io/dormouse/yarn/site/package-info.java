/** A real YARN cluster of daemon processes on this machine's loopback. */
@NullMarked
package io.dormouse.yarn.site;

import org.jspecify.annotations.NullMarked;
