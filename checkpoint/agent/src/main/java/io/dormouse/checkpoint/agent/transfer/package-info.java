/** Images that go from one agent's store to another's. */
@NullMarked
package io.dormouse.checkpoint.agent.transfer;

import org.jspecify.annotations.NullMarked;
