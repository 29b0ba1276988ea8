package io.dormouse.checkpoint.images;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.Sets;
import io.dormouse.checkpoint.hosts.HostFingerprint;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The manifest as JSON. Strict: a field too many or too few, a wrong type or a duplicate is
 * refused.
 */
final class ManifestJson {
  static final int BYTES_MAX = 32 << 20;
  private static final int VERSION_WITH_GPUS = 4;
  private static final int CPU_FEATURES_MAX = 1000;

  private static final Set<String> TOP =
      Set.of(
          "formatVersion",
          "instance",
          "generation",
          "parent",
          "engine",
          "ownerUid",
          "ownerGid",
          "specHash",
          "createdAt",
          "logicalBytes",
          "host",
          "holdsGpu",
          "contents");
  private static final Set<String> TOP_WITHOUT_GPU =
      Sets.difference(TOP, Set.of("holdsGpu")).immutableCopy();
  private static final Set<String> HOST =
      Set.of(
          "kernelRelease", "cpuModel", "cpuFeatures", "libc", "cgroups", "storage", "toolVersion");
  private static final Set<String> EARLY_HOST =
      Set.of("kernelRelease", "cpuModel", "cpuFlagsSha256", "toolVersion");
  private static final Set<String> CONTENTS =
      Set.of("domain", "files", "fileBytes", "storedBytes", "newBytes", "packs", "tableSha256");

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxDocumentLength(BYTES_MAX)
                          .maxNestingDepth(8)
                          .maxStringLength(8192)
                          .maxNumberLength(20)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ManifestJson() {}

  static byte[] write(Manifest manifest) throws JsonProcessingException {
    ImageMetadata metadata = manifest.metadata();
    ObjectNode top = MAPPER.createObjectNode();
    top.put("formatVersion", manifest.formatVersion());
    top.put("instance", metadata.id().instance());
    top.put("generation", metadata.id().generation().toString());
    top.put("parent", metadata.parent().map(UUID::toString).orElse(null));
    top.put("engine", metadata.engine());
    top.put("ownerUid", metadata.ownerUid());
    top.put("ownerGid", metadata.ownerGid());
    top.put("specHash", metadata.specHash());
    top.put("createdAt", metadata.createdAt().toString());
    top.put("logicalBytes", metadata.logicalBytes());
    ObjectNode host = top.putObject("host");
    host.put("kernelRelease", metadata.host().kernelRelease());
    host.put("cpuModel", metadata.host().cpuModel());
    ArrayNode features = host.putArray("cpuFeatures");
    metadata.host().cpuFeatures().forEach(features::add);
    host.put("libc", metadata.host().libc());
    host.put("cgroups", metadata.host().cgroups());
    host.put("storage", metadata.host().storage());
    host.put("toolVersion", metadata.host().toolVersion());
    top.put("holdsGpu", metadata.holdsGpu());
    Manifest.Contents contents = manifest.contents();
    ObjectNode node = top.putObject("contents");
    node.put("domain", contents.domain());
    node.put("files", contents.files());
    node.put("fileBytes", contents.fileBytes());
    node.put("storedBytes", contents.storedBytes());
    node.put("newBytes", contents.newBytes());
    ArrayNode packs = node.putArray("packs");
    contents.packs().forEach(pack -> packs.add(pack.toString()));
    node.put("tableSha256", contents.tableSha256());
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(top);
  }

  /**
   * Reads a manifest.
   *
   * @throws MalformedManifestException with the reason, for whatever is not exactly a manifest
   */
  static Manifest read(byte[] json) throws MalformedManifestException {
    try {
      JsonNode top = MAPPER.readTree(json);
      // The version decides what the rest means, so it is looked at first.
      int version = Math.toIntExact(number(top, "formatVersion"));
      if (!Manifest.isReadable(version)) {
        throw new OtherFormatException(version);
      }
      fields(top, knowsOfGpus(version) ? TOP : TOP_WITHOUT_GPU, "manifest");
      return new Manifest(version, metadata(top, version), contents(top.get("contents")));
    } catch (IOException e) {
      throw new MalformedManifestException("not valid JSON: " + firstLine(e), e);
    } catch (IllegalArgumentException | ArithmeticException | DateTimeParseException e) {
      throw new MalformedManifestException(firstLine(e), e);
    }
  }

  private static ImageMetadata metadata(JsonNode top, int version) {
    return new ImageMetadata(
        new ImageId(text(top, "instance"), UUID.fromString(text(top, "generation"))),
        top.get("parent").isNull()
            ? Optional.empty()
            : Optional.of(UUID.fromString(text(top, "parent"))),
        text(top, "engine"),
        number(top, "ownerUid"),
        number(top, "ownerGid"),
        text(top, "specHash"),
        Instant.parse(text(top, "createdAt")),
        number(top, "logicalBytes"),
        version == Manifest.FORMAT_VERSION_MIN ? earlyHost(top.get("host")) : host(top.get("host")),
        knowsOfGpus(version) && flag(top, "holdsGpu"));
  }

  private static boolean knowsOfGpus(int version) {
    return version >= VERSION_WITH_GPUS;
  }

  private static HostFingerprint earlyHost(JsonNode host) {
    fields(host, EARLY_HOST, "host");
    return HostFingerprint.early(
        text(host, "kernelRelease"), text(host, "cpuModel"), text(host, "toolVersion"));
  }

  private static HostFingerprint host(JsonNode host) {
    fields(host, HOST, "host");
    JsonNode listed = host.get("cpuFeatures");
    if (!listed.isArray() || listed.size() > CPU_FEATURES_MAX) {
      throw new IllegalArgumentException(
          "cpuFeatures must be a list of at most %d".formatted(CPU_FEATURES_MAX));
    }
    NavigableSet<String> features = new TreeSet<>();
    for (JsonNode feature : listed) {
      if (!feature.isTextual()) {
        throw new IllegalArgumentException("cpuFeatures must be texts");
      }
      features.add(feature.textValue());
    }
    return new HostFingerprint(
        text(host, "kernelRelease"),
        text(host, "cpuModel"),
        features,
        text(host, "libc"),
        text(host, "cgroups"),
        text(host, "storage"),
        text(host, "toolVersion"));
  }

  private static Manifest.Contents contents(JsonNode node) {
    fields(node, CONTENTS, "contents");
    String sha256 = text(node, "tableSha256");
    if (!SHA256.matcher(sha256).matches()) {
      throw new IllegalArgumentException("tableSha256 must be 64 hexadecimal digits");
    }
    if (!node.get("packs").isArray()) {
      throw new IllegalArgumentException("packs must be a list");
    }
    List<UUID> packs = new ArrayList<>();
    for (JsonNode pack : node.get("packs")) {
      packs.add(UUID.fromString(pack.asText()));
    }
    return new Manifest.Contents(
        text(node, "domain"),
        Math.toIntExact(number(node, "files")),
        number(node, "fileBytes"),
        number(node, "storedBytes"),
        number(node, "newBytes"),
        packs,
        sha256);
  }

  private static void fields(JsonNode node, Set<String> wanted, String what) {
    Set<String> found = new TreeSet<>();
    node.fieldNames().forEachRemaining(found::add);
    if (!node.isObject() || !found.equals(wanted)) {
      throw new IllegalArgumentException(
          "the %s must have exactly the fields %s".formatted(what, new TreeSet<>(wanted)));
    }
  }

  private static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("the field %s must be a text".formatted(field));
    }
    return value.textValue();
  }

  private static boolean flag(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isBoolean()) {
      throw new IllegalArgumentException("the field %s must be true or false".formatted(field));
    }
    return value.booleanValue();
  }

  private static long number(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw new IllegalArgumentException(
          "the field %s must be a whole number, not negative".formatted(field));
    }
    return value.longValue();
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /** The bytes are a manifest of another format than this program knows. */
  static final class OtherFormatException extends MalformedManifestException {
    private static final long serialVersionUID = 1;

    private final int formatVersion;

    OtherFormatException(int formatVersion) {
      super(
          "its format version is %d, this program reads %d to %d"
              .formatted(formatVersion, Manifest.FORMAT_VERSION_MIN, Manifest.FORMAT_VERSION),
          null);
      this.formatVersion = formatVersion;
    }

    int formatVersion() {
      return formatVersion;
    }
  }

  /** The bytes are not a manifest. */
  static class MalformedManifestException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedManifestException(String reason, @Nullable Throwable cause) {
      super(reason, cause);
    }
  }
}
