package io.dormouse.engine.pricing;

import com.google.common.collect.ImmutableMap;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.MoneyRate;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a {@link PricedModel} of a parsed {@code scenarios.yaml}: maps, strings and numbers, as any
 * YAML library gives them. Every error is an {@link IllegalArgumentException} that names the key.
 */
public final class PricedModelReader {
  private static final Pattern HOLDING_MIX =
      Pattern.compile("(\\d+(?:\\.\\d+)?) RAM \\+ (\\d+(?:\\.\\d+)?) object");
  private static final ImmutableMap<String, HibernationLevel> LEVELS =
      ImmutableMap.of(
          "L1", HibernationLevel.L1_RETAINED,
          "L2", HibernationLevel.L2_DATA_SNAPSHOT,
          "L3", HibernationLevel.L3_FULL_SNAPSHOT,
          "L4", HibernationLevel.L4_KERNEL_SNAPSHOT);

  private final Section general;
  private final Section hibernation;
  private final Section up;

  private PricedModelReader(Section root) {
    this.general = root.section("prices");
    this.hibernation = root.section("hibernation");
    this.up = root.section("up");
  }

  /** Reads the three sections; others are ignored. */
  public static PricedModel read(Map<?, ?> document) {
    return new PricedModelReader(new Section("", document)).model();
  }

  private PricedModel model() {
    return new PricedModel(
        new Prices(
            price("ram_usd_per_gib_hour"),
            price("core_usd_per_hour"),
            price("nvme_usd_per_gib_hour"),
            price("object_usd_per_gib_hour")),
        dials(),
        levels(),
        hibernation.section("cold_start_seconds").number("azure"),
        up.number("trace_seconds_per_wall_second"),
        trace(up.number("baseline_keep_alive_trace_minutes")));
  }

  private double price(String key) {
    return hibernation.has(key) ? hibernation.number(key) : general.number(key);
  }

  private ImmutableMap<Dial, DialSetting> dials() {
    Section factors = general.section("dial_k");
    Section values = hibernation.section("value_of_waiting_usd_per_hour");
    ImmutableMap.Builder<Dial, DialSetting> dials = ImmutableMap.builder();
    for (Dial dial : Dial.values()) {
      MoneyRate value = new MoneyRate(values.number(dial.label()));
      dials.put(dial, new DialSetting(factors.number(dial.label()), value));
    }
    return dials.buildOrThrow();
  }

  private ImmutableMap<HibernationLevel, LevelModel> levels() {
    Section wake = hibernation.section("wake_seconds");
    Section entry = hibernation.section("entry_seconds");
    Section holding = hibernation.section("holding");
    ImmutableMap.Builder<HibernationLevel, LevelModel> levels = ImmutableMap.builder();
    LEVELS.forEach(
        (key, level) ->
            levels.put(
                level,
                level(
                    entry.has(key) ? entry.seconds(key) : LinearSeconds.ZERO,
                    wake.seconds(key),
                    holding.text(key))));
    return levels.buildOrThrow();
  }

  private static LevelModel level(LinearSeconds entry, LinearSeconds wake, String holding) {
    Matcher mix = HOLDING_MIX.matcher(holding);
    if (mix.matches()) {
      double ram = Double.parseDouble(mix.group(1));
      return new LevelModel(entry, wake, ram, Double.parseDouble(mix.group(2)), 0);
    }
    return switch (holding) {
      case "RAM of s" -> new LevelModel(entry, wake, 1, 0, 0);
      case "object" -> new LevelModel(entry, wake, 0, 1, 0);
      case "NVMe over a durable L3 copy" -> new LevelModel(entry, wake, 0, 1, 1);
      default ->
          throw new IllegalArgumentException(
              "The holding (%s) must be \"RAM of s\", \"object\", \"a RAM + b object\" or \"NVMe over a durable L3 copy\".%nMaybe it is spelled in another way."
                  .formatted(holding));
    };
  }

  private static Duration trace(double minutes) {
    return Duration.ofMillis(StrictMath.round(minutes * 60_000));
  }

  /** A map of the document with the path to it. */
  private record Section(String path, Map<?, ?> values) {
    boolean has(String key) {
      return values.containsKey(key);
    }

    Section section(String key) {
      if (get(key) instanceof Map<?, ?> map) {
        return new Section(path + key + ".", map);
      }
      throw wrong(key, "a map");
    }

    double number(String key) {
      if (get(key) instanceof Number number) {
        return number.doubleValue();
      }
      throw wrong(key, "a number");
    }

    String text(String key) {
      return String.valueOf(get(key));
    }

    LinearSeconds seconds(String key) {
      return LinearSeconds.parse(text(key));
    }

    private Object get(String key) {
      return Optional.<Object>ofNullable(values.get(key)).orElseThrow(() -> wrong(key, "there"));
    }

    private IllegalArgumentException wrong(String key, String what) {
      return new IllegalArgumentException(
          "The key %s%s of the scenarios must be %s.%nMaybe the file is of another version or wrongly indented."
              .formatted(path, key, what));
    }
  }
}
