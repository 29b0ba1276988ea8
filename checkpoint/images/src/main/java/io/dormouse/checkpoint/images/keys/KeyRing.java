package io.dormouse.checkpoint.images.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The secrets of all dedup domains, each in a file of its own, wrapped under the master key. To
 * delete a domain's file is to erase all that was ever stored for it. Safe for several threads and
 * processes.
 */
public final class KeyRing {
  /** Length of a domain's secret. */
  public static final int SECRET_BYTES = 32;

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");
  private static final Pattern FILE =
      Pattern.compile("dormouse-domain-key 1 ([0-9a-f]{16}) ([0-9a-f]{120})\n?");
  private static final String SUFFIX = ".key";

  private final Path directory;
  private final MasterKey current;
  private final Map<String, MasterKey> masters;

  /**
   * Opens a ring.
   *
   * @param directory holds the domains' files; made when it is wanted
   * @param masters the one that wraps from now on, then older ones that still unwrap
   */
  public KeyRing(Path directory, List<MasterKey> masters) {
    this.directory = directory;
    this.current = masters.get(0);
    this.masters =
        masters.stream()
            .collect(Collectors.toUnmodifiableMap(MasterKey::id, Function.identity(), (a, b) -> a));
  }

  /** Which master key wraps from now on; see {@link MasterKey#id}. */
  public String masterId() {
    return current.id();
  }

  /** Whether it can unwrap what that master key wrapped. */
  public boolean hasMaster(String id) {
    return masters.containsKey(id);
  }

  /**
   * A domain's secret, made on first use.
   *
   * @throws KeyException when its file is malformed, or wrapped under a master key that is not here
   */
  public byte[] secret(String domain) throws IOException {
    Path file = file(domain);
    if (!Files.exists(file)) {
      byte[] fresh = MasterKey.random(SECRET_BYTES);
      if (KeyFiles.create(file, text(fresh, domain))) {
        return fresh;
      }
    }
    return existingSecret(domain);
  }

  /**
   * The secret of a domain that has one.
   *
   * @throws KeyException as {@link #secret} does, and when the domain has none: it was erased
   */
  public byte[] existingSecret(String domain) throws IOException {
    Matcher form;
    try {
      form = FILE.matcher(KeyFiles.readSecret(file(domain)));
    } catch (NoSuchFileException e) {
      throw new KeyException(
          "There is no key of %s.%nMaybe its images were erased.".formatted(domain), e);
    }
    if (!form.matches()) {
      throw new KeyException(
          "The key file of %s is malformed.%nMaybe restore %s from a backup."
              .formatted(domain, file(domain)));
    }
    MasterKey master = masters.get(form.group(1));
    if (master == null) {
      throw new KeyException(
          "The key of %s is wrapped under the master key %s, which is not here.%nMaybe name its file as an older one."
              .formatted(domain, form.group(1)));
    }
    return master.unwrap(HexFormat.of().parseHex(form.group(2)), domain);
  }

  /** Wraps every domain's secret under the current master key; how many were under older ones. */
  public int rotate() throws IOException {
    int rotated = 0;
    for (String domain : domains()) {
      byte[] secret = existingSecret(domain);
      if (!KeyFiles.readSecret(file(domain)).contains(" " + current.id() + " ")) {
        KeyFiles.replace(file(domain), text(secret, domain));
        rotated++;
      }
    }
    return rotated;
  }

  /** Destroys a domain's secret, and so all its images; whether there was one. */
  public boolean erase(String domain) throws IOException {
    return Files.deleteIfExists(file(domain));
  }

  /** All domains that have a secret. */
  public List<String> domains() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .filter(name -> NAME.matcher(name).matches())
          .sorted()
          .toList();
    } catch (NoSuchFileException none) {
      return List.of();
    }
  }

  private String text(byte[] secret, String domain) {
    return "dormouse-domain-key 1 %s %s%n"
        .formatted(current.id(), HexFormat.of().formatHex(current.wrap(secret, domain)));
  }

  private Path file(String domain) {
    if (!NAME.matcher(domain).matches()) {
      throw new IllegalArgumentException(
          "The domain (%s) must be of small letters, digits, dots and hyphens.".formatted(domain));
    }
    return directory.resolve(domain + SUFFIX);
  }
}
