package io.dormouse.checkpoint.images.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The secrets of all dedup domains, each in a file of its own, wrapped under the master key. To
 * destroy a domain's file is to erase all that was ever stored for it. Files are read anew each
 * time, so that what others rotate and erase holds at once. Safe for several threads and processes.
 */
public final class KeyRing {
  /** Length of a domain's secret. */
  public static final int SECRET_BYTES = 32;

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");
  private static final Pattern FILE =
      Pattern.compile("dormouse-domain-key 1 ([0-9a-f]{16}) ([0-9a-f]{120})\n?");
  private static final String SUFFIX = ".key";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A rotation that goes on meanwhile changes a file once; two would be bad luck. */
  private static final int READS_MAX = 4;

  private final Path directory;
  private final Path domains;
  private final Masters masters;
  private final KeyLock lock;

  /** A ring of a key directory; nothing is made before it is wanted. */
  public KeyRing(Path directory) {
    this(directory, PATIENCE);
  }

  KeyRing(Path directory, Duration patience) {
    this.directory = directory;
    this.domains = directory.resolve("domains");
    this.masters = new Masters(directory);
    this.lock = new KeyLock(directory, patience);
  }

  /** Makes the master key where there is none. */
  KeyRing withMaster() throws IOException {
    if (!masters.areThere()) {
      boolean unused =
          lock.hold(
              () -> {
                if (!masters.areThere()) {
                  requireNew();
                  masters.create();
                }
                return true;
              });
    }
    return this;
  }

  /** Read, or made where there is none. */
  SigningKey signingKey(Path file, Signers signers) throws IOException {
    return Files.exists(file)
        ? SigningKey.readOrCreate(file, signers)
        : lock.hold(() -> SigningKey.readOrCreate(file, signers));
  }

  /** A new master key beside old secrets would only hide that theirs is lost. */
  private void requireNew() throws IOException {
    if (!domains().isEmpty()) {
      throw new KeyException(
          "The directory %s holds owners' keys, and no master.key to open them.%nMaybe it has to come back from a backup."
              .formatted(directory));
    }
  }

  /** Which master key wraps from now on; see {@link MasterKey#id}. */
  public String masterId() throws IOException {
    return masters.current().id();
  }

  /** Whether a master key is one of these, or was before a rotation. */
  public boolean knewMaster(String id) throws IOException {
    return masters.knew(id);
  }

  /** The rotation of its master key. */
  public KeyRotation rotation() {
    return new KeyRotation(this, masters, lock, step -> {});
  }

  /** What it consists of. */
  public KeyFacts facts() throws IOException {
    List<KeyFacts.Domain> all = new ArrayList<>();
    for (String domain : domains()) {
      all.add(fact(domain));
    }
    return new KeyFacts(directory, masterId(), masters.readable(), masters.retired(), all);
  }

  private KeyFacts.Domain fact(String domain) throws IOException {
    try {
      byte[] unused = existingSecret(domain);
      return new KeyFacts.Domain(domain, Optional.of(wrapped(domain).master()), "");
    } catch (KeyException e) {
      return new KeyFacts.Domain(domain, Optional.empty(), String.valueOf(e.getMessage()));
    }
  }

  /**
   * A domain's secret, made on first use.
   *
   * @throws KeyException when its file is malformed, or wrapped under a master key that is not here
   */
  public byte[] secret(String domain) throws IOException {
    Path file = file(domain);
    if (!Files.exists(file)) {
      boolean unused = lock.hold(() -> create(file, domain));
    }
    return existingSecret(domain);
  }

  private boolean create(Path file, String domain) throws IOException {
    boolean made =
        KeyFiles.create(file, text(MasterKey.random(SECRET_BYTES), domain, masters.current()));
    masters.giveToOwner(domains);
    masters.giveToOwner(file);
    return made;
  }

  /**
   * The secret of a domain that has one.
   *
   * @throws KeyException as {@link #secret} does, and when the domain has none: it was erased
   */
  public byte[] existingSecret(String domain) throws IOException {
    String missing = "";
    for (int i = 0; i < READS_MAX; i++) {
      Wrapped wrapped = wrapped(domain);
      Optional<MasterKey> master = masters.find(wrapped.master());
      if (master.isPresent()) {
        return master.get().unwrap(HexFormat.of().parseHex(wrapped.secret()), domain);
      }
      if (wrapped.master().equals(missing)) {
        break;
      }
      // It may have been retired after the domain's file was read: that was written anew before.
      missing = wrapped.master();
    }
    throw new KeyException(
        "The key of %s is wrapped under the master key %s, which is not here.%nMaybe only a part of the key directory was copied or restored: it must be whole, with older."
            .formatted(domain, missing));
  }

  /** What a domain's file holds. */
  private record Wrapped(String master, String secret) {}

  private Wrapped wrapped(String domain) throws IOException {
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
    return new Wrapped(form.group(1), form.group(2));
  }

  /** Whether a domain's secret is wrapped under a master key. */
  boolean isUnder(String domain, MasterKey master) throws IOException {
    return wrapped(domain).master().equals(master.id());
  }

  /** Wraps a domain's secret anew; only under the directory's lock. */
  void rewrap(String domain, MasterKey master) throws IOException {
    KeyFiles.replace(file(domain), text(existingSecret(domain), domain, master));
  }

  /** Removes what a dead process has left, as it may hold secrets; only under the lock. */
  void sweep() throws IOException {
    KeyFiles.sweep(domains.resolve("any" + SUFFIX));
    masters.sweep();
  }

  /** Destroys a domain's secret, and so all its images; whether there was one. */
  public boolean erase(String domain) throws IOException {
    return lock.hold(
        () -> {
          sweep();
          return KeyFiles.destroy(file(domain));
        });
  }

  /** Whether a domain has a secret, be it readable or not. */
  public boolean has(String domain) {
    return Files.exists(file(domain));
  }

  /** All domains that have a secret. */
  public List<String> domains() throws IOException {
    try (Stream<Path> files = Files.list(domains)) {
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

  private static String text(byte[] secret, String domain, MasterKey master) {
    return "dormouse-domain-key 1 %s %s%n"
        .formatted(master.id(), HexFormat.of().formatHex(master.wrap(secret, domain)));
  }

  private Path file(String domain) {
    if (!NAME.matcher(domain).matches()) {
      throw new IllegalArgumentException(
          "The domain (%s) must be of small letters, digits, dots and hyphens.".formatted(domain));
    }
    return domains.resolve(domain + SUFFIX);
  }
}
