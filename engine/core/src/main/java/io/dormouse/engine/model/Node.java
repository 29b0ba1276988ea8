package io.dormouse.engine.model;

/**
 * A machine.
 *
 * @param id the scheduler's name for it
 * @param pool the pool it belongs to
 * @param capacity what the scheduler may hand out on it
 * @param allocated what the scheduler has handed out; may exceed the capacity while a node shrinks
 * @param healthy whether the scheduler places work on it
 */
public record Node(
    NodeId id, PoolId pool, Resources capacity, Resources allocated, boolean healthy) {}
