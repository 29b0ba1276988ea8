package io.dormouse.engine.explain;

import io.dormouse.engine.model.Money;

/**
 * What was weighed and not done.
 *
 * @param option the option, as in {@code hibernate to L3_FULL_SNAPSHOT}
 * @param value its net value
 * @param reason why not
 */
public record RejectedOption(String option, Money value, String reason) {}
