/** From proposals to a plan. */
@NullMarked
package io.dormouse.engine.plan;

import org.jspecify.annotations.NullMarked;
