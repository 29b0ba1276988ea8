/** Commands that read from a controller. */
@NullMarked
package io.dormouse.cli.view;

import org.jspecify.annotations.NullMarked;
