/** Node agents over gRPC. */
@NullMarked
package io.dormouse.controller.agents;

import org.jspecify.annotations.NullMarked;
