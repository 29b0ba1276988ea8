package io.dormouse.checkpoint.engines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an image of DMTCP holds beside pages.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param dmtcpVersion which restores it, and no other
 * @param home the path that it must be restored at
 * @param images names of its processes' images, in the order of their files
 * @param latch the place in {@code images} of the process that holds all others back in a restart
 */
record DmtcpRecord(
    int formatVersion, String dmtcpVersion, String home, List<String> images, int latch) {
  static final int FORMAT_VERSION = 1;

  /** Where the files of processes lie in an image. */
  static final String DIRECTORY = "dmtcp";

  static final String SPEC = "instance.json";
  static final String LAYER = "layer.tar";

  /** What DMTCP saves of mapped files. */
  static final String SIDE_FILES = "mapped-files.tar";

  private static final String NAME = "dmtcp.json";
  private static final Pattern IMAGE_NAME = Pattern.compile("ckpt_[^/\\x00]{1,200}\\.dmtcp");
  private static final Pattern PAGES = Pattern.compile(DIRECTORY + "/\\d+\\.pages");
  static final int IMAGES_MAX = 1000;
  private static final int BYTES_MAX = 1 << 20;

  DmtcpRecord {
    boolean named = images.stream().allMatch(DmtcpRecord::isImageName);
    if (formatVersion != FORMAT_VERSION
        || images.size() < 2
        || images.size() > IMAGES_MAX
        || !named
        || latch < 0
        || latch >= images.size()
        || !home.startsWith("/")) {
      throw new IllegalArgumentException(
          "The record of a DMTCP image must have format version %d, a home, and 2 to %d images with names of DMTCP's, one of them the latch."
              .formatted(FORMAT_VERSION, IMAGES_MAX));
    }
    images = List.copyOf(images);
  }

  static boolean isImageName(String name) {
    return IMAGE_NAME.matcher(name).matches();
  }

  /** Whether a file of an image only grows while it is written. */
  static boolean writesOnce(Path file) {
    return PAGES.matcher(file.toString()).matches();
  }

  static Path heads(Path image, int number) {
    return image.resolve(DIRECTORY).resolve(number + ".heads");
  }

  static Path pages(Path image, int number) {
    return image.resolve(DIRECTORY).resolve(number + ".pages");
  }

  void write(Path image) throws IOException {
    Files.write(
        Files.createFile(image.resolve(NAME), Private.FILE),
        SpecJson.MAPPER.writerFor(DmtcpRecord.class).writeValueAsBytes(this));
  }

  static Outcome<DmtcpRecord> read(Path image) {
    Path file = image.resolve(NAME);
    try {
      if (Files.size(file) > BYTES_MAX) {
        throw new IOException("%s has more than %d bytes".formatted(file, BYTES_MAX));
      }
      DmtcpRecord record =
          SpecJson.MAPPER
              .readerFor(DmtcpRecord.class)
              .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
              .readValue(Files.readAllBytes(file));
      return Outcome.ok(record);
    } catch (JsonProcessingException e) {
      return Outcome.failed(new EngineFailure.BadImage(image, e.getOriginalMessage()));
    } catch (IOException e) {
      return Outcome.failed(new EngineFailure.BadImage(image, String.valueOf(e)));
    }
  }
}
