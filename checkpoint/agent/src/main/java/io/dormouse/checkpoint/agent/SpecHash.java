package io.dormouse.checkpoint.agent;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.dormouse.checkpoint.engines.InstanceSpec;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/** SHA-256 over what an instance runs: instances with equal hashes can stand in for each other. */
final class SpecHash {
  private SpecHash() {}

  static String of(InstanceSpec spec) {
    Hasher hasher = Hashing.sha256().newHasher();
    spec.argv().forEach(argument -> put(hasher, argument));
    hasher.putByte((byte) 1);
    new TreeMap<>(spec.environment())
        .forEach(
            (name, value) -> {
              put(hasher, name);
              put(hasher, value);
            });
    return hasher.hash().toString();
  }

  /** Names what runs the same, and whose it is: what is learned of it is told to nobody else. */
  static String kind(InstanceSpec spec) {
    return spec.ownerUid() + "-" + of(spec);
  }

  private static void put(Hasher hasher, String text) {
    hasher.putString(text, StandardCharsets.UTF_8).putByte((byte) 0);
  }
}
