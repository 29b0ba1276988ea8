package io.dormouse.yarn.warmpool;

/**
 * A container that YARN gave.
 *
 * @param id YARN's id of it
 * @param node YARN's id of its node
 * @param memoryBytes what it holds
 * @param milliCores what it holds, thousandths of a core
 */
public record ContainerRef(String id, String node, long memoryBytes, long milliCores) {}
