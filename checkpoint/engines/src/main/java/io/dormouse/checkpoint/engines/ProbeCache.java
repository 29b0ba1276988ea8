package io.dormouse.checkpoint.engines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import io.dormouse.checkpoint.engines.HostReport.Check;
import io.dormouse.checkpoint.engines.HostReport.Freezer;
import io.dormouse.checkpoint.engines.HostReport.Tool;
import io.dormouse.checkpoint.engines.HostReport.Verdict;
import io.dormouse.checkpoint.engines.ToolFinder.Candidate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Keeps the last report, under a key of all that it depends on. A file that is not understood
 * counts as none.
 */
final class ProbeCache {
  // 1 kept verdicts of the moment, such as timeouts, too; 2 said nothing of tracking.
  private static final int FORMAT_VERSION = 3;
  private final Path file;

  ProbeCache(Path file) {
    this.file = file;
  }

  /** Changes with the kernel, the user, and the candidates' content. */
  static String key(List<Candidate> criu, List<Candidate> runc) {
    var hasher = Hashing.sha256().newHasher();
    hasher.putString(
        System.getProperty("os.version") + " " + System.getProperty("user.name"),
        StandardCharsets.UTF_8);
    hasher.putLong(ProcFs.effectiveCapabilities());
    List<Candidate> all = new ArrayList<>(criu);
    all.addAll(runc);
    for (Candidate candidate : all) {
      hasher.putString("\n" + candidate.origin() + " " + candidate.path(), StandardCharsets.UTF_8);
      try {
        hasher.putBytes(Files.readAllBytes(candidate.path()));
        // A provisioned starter stays the same when what it starts is fetched anew.
        hasher.putLong(Files.getLastModifiedTime(candidate.path()).toMillis());
      } catch (IOException e) {
        hasher.putString("unreadable", StandardCharsets.UTF_8);
      }
    }
    return hasher.hash().toString();
  }

  Optional<HostReport> find(String key) {
    try {
      JsonNode top = SpecJson.MAPPER.readTree(Files.readAllBytes(file));
      if (top.path("formatVersion").asInt() != FORMAT_VERSION
          || !top.path("key").asText().equals(key)) {
        return Optional.empty();
      }
      return Optional.of(
          new HostReport(
              top.path("kernelRelease").asText(),
              tool(top.path("criu")),
              tool(top.path("runc")),
              Freezer.valueOf(top.path("freezer").asText()),
              check(top.path("capsule")),
              check(top.path("tracking")),
              Instant.parse(top.path("probedAt").asText())));
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      // No report, or one of another time: probe again.
      return Optional.empty();
    }
  }

  void keep(String key, HostReport report) {
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent == null) {
        return;
      }
      Files.createDirectories(parent);
      Path temporary = parent.resolve(".probe." + UUID.randomUUID());
      Files.write(temporary, json(key, report));
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // Only costs the next start its probe.
      EngineErrors.warn(
          "The probe's result could not be kept", EngineErrors.io("write " + file, e));
    }
  }

  private static byte[] json(String key, HostReport report) throws JsonProcessingException {
    ObjectNode top = SpecJson.MAPPER.createObjectNode();
    top.put("formatVersion", FORMAT_VERSION)
        .put("key", key)
        .put("kernelRelease", report.kernelRelease());
    put(top.putObject("criu"), report.criu());
    put(top.putObject("runc"), report.runc());
    top.put("freezer", report.freezer().name());
    put(top.putObject("capsule"), report.capsule());
    put(top.putObject("tracking"), report.tracking());
    top.put("probedAt", report.probedAt().toString());
    return SpecJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(top);
  }

  private static void put(ObjectNode node, Tool tool) {
    node.put("name", tool.name()).put("path", tool.path().map(Path::toString).orElse(null));
    node.put("version", tool.version()).put("origin", tool.origin());
    put(node.putObject("check"), tool.check());
    tool.refused().forEach(node.putArray("refused")::add);
  }

  private static void put(ObjectNode node, Check check) {
    node.put("verdict", check.verdict().name()).put("reason", check.reason());
  }

  private static Tool tool(JsonNode node) {
    List<String> refused = new ArrayList<>();
    node.path("refused").forEach(n -> refused.add(n.asText()));
    Optional<Path> path =
        node.path("path").isTextual()
            ? Optional.of(Path.of(node.path("path").asText()))
            : Optional.empty();
    return new Tool(
        node.path("name").asText(),
        path,
        node.path("version").asText(),
        node.path("origin").asText(),
        check(node.path("check")),
        refused);
  }

  private static Check check(JsonNode node) {
    return new Check(Verdict.valueOf(node.path("verdict").asText()), node.path("reason").asText());
  }
}
