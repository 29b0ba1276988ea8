/** Decisions and outcomes in a database. */
@NullMarked
package io.dormouse.controller.history;

import org.jspecify.annotations.NullMarked;
