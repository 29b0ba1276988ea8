package io.dormouse.engine.explain;

import io.dormouse.engine.model.Money;

/**
 * One named part of a decision's value.
 *
 * @param name what it is: {@code saved_holding}, {@code wake_wait}, {@code entry} …
 * @param money what it is worth; negative for what it costs
 */
public record Term(String name, Money money) {}
