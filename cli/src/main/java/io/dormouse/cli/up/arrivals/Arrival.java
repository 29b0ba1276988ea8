package io.dormouse.cli.up.arrivals;

import java.time.Duration;

/**
 * One call.
 *
 * @param at wall time since the window began
 * @param function the function that is called
 * @param task a name that no other call of the schedule has
 */
public record Arrival(Duration at, String function, String task) {}
