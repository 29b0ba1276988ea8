package io.dormouse.cli.up.arrivals;

/**
 * One function of the sample.
 *
 * @param name its name in the trace
 * @param trigger what calls it
 * @param arrivals calls within the window
 * @param medianGapMinutes between its active minutes, in trace time
 * @param coldStartsExpected under the fixed keep-alive: the first call and every one after a longer
 *     gap
 * @param longGaps gaps longer than the keep-alive
 */
public record SampledFunction(
    String name,
    String trigger,
    int arrivals,
    double medianGapMinutes,
    int coldStartsExpected,
    int longGaps) {}
