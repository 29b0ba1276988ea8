package io.dormouse.checkpoint.engines;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The list of files in a snapshot of data, as JSON: the content of the n-th is in file n. */
final class DataFilesJson {
  private static final int FORMAT_VERSION = 1;
  private static final int BYTES_MAX = 64 << 20;
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxDocumentLength(BYTES_MAX)
                          .maxNestingDepth(4)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  private DataFilesJson() {}

  static void write(Path file, List<DataFile> files) throws IOException {
    ObjectNode top = MAPPER.createObjectNode().put("formatVersion", FORMAT_VERSION);
    ArrayNode all = top.putArray("files");
    for (DataFile each : files) {
      all.addObject()
          .put("path", each.path())
          .put("device", each.device())
          .put("inode", each.inode())
          .put("bytes", each.bytes())
          .put("modified", each.modified().toString())
          .put("mode", each.mode());
    }
    Files.write(file, MAPPER.writeValueAsBytes(top));
  }

  /**
   * Reads a list.
   *
   * @throws IOException also if it is none, or of a version that is not known
   */
  static List<DataFile> read(Path file) throws IOException {
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new IOException(file + " is too long for a list of files");
      }
      JsonNode top = MAPPER.readTree(Files.readAllBytes(file));
      if (number(top, "formatVersion") != FORMAT_VERSION) {
        throw new IOException("the format of %s is not known here".formatted(file));
      }
      List<DataFile> files = new ArrayList<>();
      for (JsonNode each : top.path("files")) {
        files.add(
            new DataFile(
                text(each, "path"),
                number(each, "device"),
                number(each, "inode"),
                number(each, "bytes"),
                Instant.parse(text(each, "modified")),
                Math.toIntExact(number(each, "mode"))));
      }
      return files;
    } catch (JsonProcessingException
        | IllegalArgumentException
        | ArithmeticException
        | DateTimeException e) {
      throw new IOException("%s is no list of files: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static String text(JsonNode node, String field) {
    if (!node.path(field).isTextual()) {
      throw new IllegalArgumentException("the field %s must be a text".formatted(field));
    }
    return node.path(field).textValue();
  }

  private static long number(JsonNode node, String field) {
    if (!node.path(field).isIntegralNumber() || !node.path(field).canConvertToLong()) {
      throw new IllegalArgumentException("the field %s must be a whole number".formatted(field));
    }
    return node.path(field).longValue();
  }
}
