package io.dormouse.controller.machine;

import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * All that the state machine acts through.
 *
 * @param coordination intents and registry
 * @param agents node agents
 * @param scheduler the scheduler's adapter
 * @param traffic what leads requests to services
 * @param decider the engine
 * @param history decisions and outcomes
 * @param views receives an immutable view now and then
 * @param generations makes names for new generations
 */
public record Seams(
    Coordination coordination,
    Agents agents,
    Scheduler scheduler,
    Traffic traffic,
    Decider decider,
    History history,
    Consumer<ControllerView> views,
    Supplier<UUID> generations) {}
