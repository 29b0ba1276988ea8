/** The controller daemon of a cell. */
@NullMarked
package io.dormouse.controller;

import org.jspecify.annotations.NullMarked;
