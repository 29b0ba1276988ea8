package io.dormouse.cli.daemon;

import io.dormouse.checkpoint.images.upkeep.Quotas;
import io.dormouse.checkpoint.images.upkeep.Retention;
import io.dormouse.checkpoint.images.upkeep.StoreRules;
import io.dormouse.controller.config.Quantities;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an agent's configuration says of quotas and retention. */
final class StoreRulesKeys {
  private static final Pattern OWNER = Pattern.compile("(\\d{1,10})=(.+)");
  private static final String SIZE_HINT = "Maybe write it like 500MiB or 20GiB.";

  private StoreRulesKeys() {}

  static StoreRules read(ConfigFile config) {
    return new StoreRules(quotas(config), retention(config));
  }

  private static Quotas quotas(ConfigFile config) {
    OptionalLong each =
        config
            .optionalText(AgentKey.OWNER_QUOTA)
            .map(text -> OptionalLong.of(size(config, AgentKey.OWNER_QUOTA, text)))
            .orElse(OptionalLong.empty());
    Map<Long, Long> byOwner = new LinkedHashMap<>();
    for (String text : config.texts(AgentKey.OWNER_QUOTAS)) {
      Matcher owner = OWNER.matcher(text);
      if (!owner.matches()) {
        throw config.bad(
            "the owner-quotas hold %s.".formatted(text),
            "Maybe write uid=size, like [1000=20GiB]: see id -u.");
      }
      long bytes = size(config, AgentKey.OWNER_QUOTAS, owner.group(2));
      if (byOwner.put(Long.parseLong(owner.group(1)), bytes) != null) {
        throw config.bad(
            "the owner-quotas have uid %s twice.".formatted(owner.group(1)), "Maybe remove one.");
      }
    }
    return new Quotas(each, byOwner);
  }

  private static long size(ConfigFile config, AgentKey key, String text) {
    return Quantities.dataSize(text)
        .orElseThrow(
            () -> config.bad("the %s (%s) is no size.".formatted(key.path(), text), SIZE_HINT));
  }

  private static Retention retention(ConfigFile config) {
    Optional<Duration> age =
        config
            .optionalText(AgentKey.RETENTION_AGE)
            .map(
                text ->
                    Quantities.duration(text)
                        .orElseThrow(
                            () ->
                                config.bad(
                                    "the retention-age (%s) is no duration.".formatted(text),
                                    "Maybe write it like 12h or 30d.")));
    OptionalInt generations = config.optionalNumber(AgentKey.RETENTION_GENERATIONS);
    return new Retention(age, generations);
  }
}
