/** What this host can do. */
@NullMarked
package io.dormouse.cli.doctor;

import org.jspecify.annotations.NullMarked;
