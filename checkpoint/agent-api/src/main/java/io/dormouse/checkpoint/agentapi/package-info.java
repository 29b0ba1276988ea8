/**
 * The node agent's protocols as clients use them: gRPC for controllers, a Unix socket for thin
 * clients.
 */
@NullMarked
package io.dormouse.checkpoint.agentapi;

import org.jspecify.annotations.NullMarked;
