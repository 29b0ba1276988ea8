@NullMarked
package io.dormouse.checkpoint.agentapi;

import org.jspecify.annotations.NullMarked;
