package io.dormouse.controller.coordination;

import io.dormouse.engine.model.InstanceId;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Where a cell keeps what.
 *
 * @param root {@code /dormouse/CELL}
 */
record CellPaths(String root) {
  private static final int BUCKETS = 256;

  static CellPaths of(String cell) {
    return new CellPaths("/dormouse/" + encode(cell));
  }

  String latch() {
    return root + "/leader";
  }

  String epoch() {
    return root + "/epoch";
  }

  String paused() {
    return root + "/paused";
  }

  String intents() {
    return root + "/intents";
  }

  String instances() {
    return root + "/instances";
  }

  /** Others watch these: docs/traffic.md. */
  String services() {
    return root + "/services";
  }

  String service(String name) {
    return services() + "/" + encode(name);
  }

  String intent(String id) {
    return intents() + "/" + encode(id);
  }

  /** Entries are spread, since a list of children must fit into one message. */
  String bucket(int number) {
    return instances() + "/%02x".formatted(number);
  }

  String instance(InstanceId id) {
    return bucket(Math.floorMod(id.value().hashCode(), BUCKETS)) + "/" + encode(id.value());
  }

  static int buckets() {
    return BUCKETS;
  }

  private static String encode(String name) {
    String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8);
    return encoded.equals(".") || encoded.equals("..") ? encoded.replace(".", "%2E") : encoded;
  }
}
