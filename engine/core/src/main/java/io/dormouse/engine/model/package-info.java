/** What the engine knows of a cluster: immutable values. */
@NullMarked
package io.dormouse.engine.model;

import org.jspecify.annotations.NullMarked;
