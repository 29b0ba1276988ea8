/** The HTTP interface. */
@NullMarked
package io.dormouse.controller.rest;

import org.jspecify.annotations.NullMarked;
