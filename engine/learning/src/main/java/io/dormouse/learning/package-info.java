/** What the engine learns from the past. */
@NullMarked
package io.dormouse.learning;

import org.jspecify.annotations.NullMarked;
