package io.dormouse.engine.spi;

import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.Resources;
import java.nio.file.Path;

/**
 * A machine that an embedded site plays.
 *
 * @param id its name, which its agent has too
 * @param agentSocket the Unix socket of its agent, for thin clients
 * @param capacity what its scheduler may hand out
 */
public record SiteNode(NodeId id, Path agentSocket, Resources capacity) {}
