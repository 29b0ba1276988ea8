package io.dormouse.cli.up.arrivals;

import com.google.common.collect.ImmutableSortedMap;

/**
 * When one function was called.
 *
 * @param name its name in the trace
 * @param trigger what called it ({@code http}, {@code timer} …), or {@code unknown}
 * @param callsByMinute minute of the trace to calls in it, at least 1 each
 */
public record FunctionTrace(
    String name, String trigger, ImmutableSortedMap<Integer, Integer> callsByMinute) {}
