package io.dormouse.controller.config;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.dormouse.controller.machine.Service;
import io.dormouse.controller.traffic.RuntimeAddress;
import io.dormouse.controller.traffic.ServerName;
import io.dormouse.controller.traffic.TrafficSettings;
import io.dormouse.engine.model.InstanceId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** The keys below {@code traffic}. */
final class TrafficKeys {
  private static final List<String> OF_A_SERVICE = List.of("haproxy", "instance", "port");
  private static final int SERVICES_MAX = 1_000;

  private final ConfigValues values;

  TrafficKeys(ConfigValues values) {
    this.values = values;
  }

  TrafficSettings read() {
    ImmutableList.Builder<Service> services = ImmutableList.builder();
    ImmutableMap.Builder<String, ServerName> servers = ImmutableMap.builder();
    Map<String, Map<String, String>> given = byService();
    given.forEach(
        (name, keys) -> {
          services.add(service(name, keys));
          if (keys.containsKey("haproxy")) {
            servers.put(name, wanted(name, keys, "haproxy", ServerName::parse, "backend/server"));
          }
        });
    return new TrafficSettings(
        services.build(),
        servers.buildOrThrow(),
        haproxies(),
        values.positiveDuration(Key.TRAFFIC_TIMEOUT),
        values.positiveDuration(Key.TRAFFIC_CHECK));
  }

  private Map<String, Map<String, String>> byService() {
    Map<String, Map<String, String>> services = new TreeMap<>();
    values
        .map(Key.TRAFFIC_SERVICES)
        .forEach(
            (path, value) -> {
              int dot = path.lastIndexOf('.');
              String key = path.substring(dot + 1);
              if (dot < 1 || !OF_A_SERVICE.contains(key)) {
                throw new ConfigException(
                    "The key (%s.%s) is unknown.".formatted(Key.TRAFFIC_SERVICES.path(), path),
                    "%s below the name of a service is meant."
                        .formatted(NearestName.of(key, OF_A_SERVICE)));
              }
              services
                  .computeIfAbsent(path.substring(0, dot), name -> new TreeMap<>())
                  .put(key, value.strip());
            });
    if (services.size() > SERVICES_MAX) {
      throw new ConfigException(
          "The services (%d) must be at most %d.".formatted(services.size(), SERVICES_MAX),
          "several cells are wanted.");
    }
    return services;
  }

  private Service service(String name, Map<String, String> keys) {
    return new Service(
        name,
        wanted(name, keys, "instance", TrafficKeys::instance, "the id of an instance"),
        wanted(name, keys, "port", TrafficKeys::port, "a port from 1 to 65535"));
  }

  private <T> T wanted(
      String service,
      Map<String, String> keys,
      String key,
      Function<String, Optional<T>> parser,
      String expected) {
    String path = "%s.%s.%s".formatted(Key.TRAFFIC_SERVICES.path(), service, key);
    String value = keys.get(key);
    if (value == null) {
      throw new ConfigException(
          "The key (%s) is missing.".formatted(path), "it is spelled otherwise.");
    }
    return parser
        .apply(value)
        .orElseThrow(
            () ->
                values.wrong(
                    path,
                    value,
                    expected,
                    "it is meant as in {instance: w-1, port: 8000, haproxy: counters/s1}."));
  }

  private static Optional<InstanceId> instance(String text) {
    try {
      return Optional.of(new InstanceId(text));
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  private static Optional<Integer> port(String text) {
    return text.matches("[1-9]\\d{0,4}")
        ? Optional.of(Integer.valueOf(text)).filter(port -> port <= 65_535)
        : Optional.empty();
  }

  private ImmutableList<RuntimeAddress> haproxies() {
    return values.list(Key.TRAFFIC_HAPROXY).stream()
        .map(
            text ->
                RuntimeAddress.parse(text)
                    .orElseThrow(
                        () ->
                            values.wrong(
                                Key.TRAFFIC_HAPROXY,
                                text,
                                "an absolute path or host:port",
                                "it is meant as in /run/haproxy/admin.sock.")))
        .collect(ImmutableList.toImmutableList());
  }
}
