@NullMarked
package io.dormouse.controller.machine;

import org.jspecify.annotations.NullMarked;
