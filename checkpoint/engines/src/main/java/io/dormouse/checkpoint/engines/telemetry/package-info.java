/** What instances and nodes use, read from files of the kernel: no process is started for it. */
@NullMarked
package io.dormouse.checkpoint.engines.telemetry;

import org.jspecify.annotations.NullMarked;
