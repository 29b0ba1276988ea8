/** What adapters, embedded sites and forecasters implement. */
@NullMarked
package io.dormouse.engine.spi;

import org.jspecify.annotations.NullMarked;
