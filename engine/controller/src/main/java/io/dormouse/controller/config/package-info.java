/** The controller's configuration file. */
@NullMarked
package io.dormouse.controller.config;

import org.jspecify.annotations.NullMarked;
