package io.dormouse.cli.up.arrivals;

import com.google.common.collect.ImmutableList;

/**
 * What will come, and what it was drawn from.
 *
 * @param source the trace
 * @param firstMinute where in the trace the window begins
 * @param windowMinutes how many trace minutes it covers
 * @param functions the sample, by name
 * @param arrivals all calls, in order of time
 */
public record Schedule(
    String source,
    int firstMinute,
    int windowMinutes,
    ImmutableList<SampledFunction> functions,
    ImmutableList<Arrival> arrivals) {}
