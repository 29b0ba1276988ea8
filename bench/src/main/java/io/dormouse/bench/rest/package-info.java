/** What the node agent costs while nothing happens. */
@NullMarked
package io.dormouse.bench.rest;

import org.jspecify.annotations.NullMarked;
