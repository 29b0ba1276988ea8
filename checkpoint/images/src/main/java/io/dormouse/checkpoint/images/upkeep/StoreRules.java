package io.dormouse.checkpoint.images.upkeep;

/**
 * What a store is held to by whoever opened it.
 *
 * @param quotas what owners may store
 * @param retention what is removed by itself
 */
public record StoreRules(Quotas quotas, Retention retention) {
  /** Everything may be stored, and stays. */
  public static final StoreRules NONE = new StoreRules(Quotas.NONE, Retention.FOREVER);
}
