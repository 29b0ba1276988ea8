/** Which idle instance goes to which level, and when it is woken. */
@NullMarked
package io.dormouse.engine.hibernation;

import org.jspecify.annotations.NullMarked;
