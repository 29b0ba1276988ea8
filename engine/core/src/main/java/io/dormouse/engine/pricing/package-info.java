/** The pinned model that turns sizes and times into money. */
@NullMarked
package io.dormouse.engine.pricing;

import org.jspecify.annotations.NullMarked;
