/** Why a decision was taken, in money. */
@NullMarked
package io.dormouse.engine.explain;

import org.jspecify.annotations.NullMarked;
