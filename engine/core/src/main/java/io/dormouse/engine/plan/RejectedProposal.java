package io.dormouse.engine.plan;

import io.dormouse.engine.model.Money;

/**
 * A proposal that the arbiter did not take.
 *
 * @param action what was proposed
 * @param value its net value
 * @param reason why not
 */
public record RejectedProposal(Action action, Money value, String reason) {}
