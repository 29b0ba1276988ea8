package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.Blobs;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pack of a domain, and what it is called in the store.
 *
 * @param domain whose pages it holds
 */
public record PackName(String domain, UUID pack) {
  static final String PACKS = "packs";
  static final String CONDEMNED = "condemned";
  static final String PINS = "pins";

  private static final Pattern NAME =
      Pattern.compile(
          "(?:packs|condemned)/([^/]+)/([0-9a-f-]{36})(?:\\.pack|\\.pins|\\.gone|\\.removers)?");

  String blob() {
    return "%s/%s/%s.pack".formatted(PACKS, domain, pack);
  }

  /** There once the pack is to go, and no new image may use it. */
  String condemnation() {
    return "%s/%s/%s".formatted(CONDEMNED, domain, pack);
  }

  /** Names the writers that may have looked before it was condemned. */
  String witnesses() {
    return condemnation() + ".pins";
  }

  /** There once the pack is removed, as long as a collector may remove one of that name. */
  String gone() {
    return condemnation() + ".gone";
  }

  /** Names the collectors that may have looked before it was gone. */
  String removers() {
    return condemnation() + ".removers";
  }

  /**
   * Reads all of the pack, and holds each chunk against its name.
   *
   * @throws CorruptPackException when anything is not as it was written
   */
  void verify(Blobs blobs, PackWorkers workers) throws IOException, CorruptPackException {
    check(blobs, workers, PackVerifier.names(workers));
  }

  /**
   * Reads all of a pack that was written just now, and makes sure that it is what was sealed.
   *
   * @throws CorruptPackException when anything is not as it was written
   */
  void readBack(Blobs blobs, PackWorkers workers) throws IOException, CorruptPackException {
    check(blobs, workers, PackVerifier.seals());
  }

  private void check(Blobs blobs, PackWorkers workers, PackVerifier.BlockCheck check)
      throws IOException, CorruptPackException {
    try {
      PackVerifier.verify(pack, workers, blobs.open(blob()), check);
    } catch (CorruptPackException e) {
      throw new CorruptPackException("pack %s: %s".formatted(pack, e.getMessage()), e);
    }
  }

  static Optional<PackName> parse(String name) {
    Matcher form = NAME.matcher(name);
    try {
      return form.matches()
          ? Optional.of(new PackName(form.group(1), UUID.fromString(form.group(2))))
          : Optional.empty();
    } catch (IllegalArgumentException notOurs) {
      return Optional.empty();
    }
  }
}
