@NullMarked
package io.dormouse.controller.traffic;

import org.jspecify.annotations.NullMarked;
