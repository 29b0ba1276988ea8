package io.dormouse.controller.machine;

import io.dormouse.engine.model.NodeId;

/**
 * Where a service is reached.
 *
 * @param service which
 * @param node whose agent holds its instance
 * @param life generation that answers; empty while unknown
 * @param host of the node
 */
public record Placement(Service service, NodeId node, String life, String host) {}
