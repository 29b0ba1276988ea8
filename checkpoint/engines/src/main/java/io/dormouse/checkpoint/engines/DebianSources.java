package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The Debian mirrors that this machine's own apt uses, one-line and deb822 style. Entries of other
 * archives are passed over: theirs are other suites or other keys.
 *
 * @param codename the machine's release, e.g. {@code bookworm}
 * @param entries mirror and suite pairs of that release
 * @param keyring Debian's archive keys
 */
record DebianSources(String codename, List<Entry> entries, Path keyring) {
  private static final List<Path> KEYRINGS =
      List.of(
          Path.of("/usr/share/keyrings/debian-archive-keyring.pgp"),
          Path.of("/usr/share/keyrings/debian-archive-keyring.gpg"));

  /** One suite on one mirror. */
  record Entry(String uri, String suite) {}

  static Outcome<DebianSources> ofThisMachine() {
    return read(Path.of("/etc/os-release"), Path.of("/etc/apt"), KEYRINGS);
  }

  static Outcome<DebianSources> read(Path osRelease, Path apt, List<Path> keyrings) {
    Map<String, String> os = new HashMap<>();
    for (String line : Presence.read(osRelease).orElse("").lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        os.put(line.substring(0, equals), line.substring(equals + 1).replace("\"", ""));
      }
    }
    String codename = os.getOrDefault("VERSION_CODENAME", "");
    if (!os.getOrDefault("ID", "").equals("debian") || codename.isEmpty()) {
      return unsupported(
          "this machine is not Debian; install criu and runc yourself and set DORMOUSE_CRIU.");
    }
    var keyring = keyrings.stream().filter(Files::isRegularFile).findFirst();
    if (keyring.isEmpty()) {
      return unsupported("Debian's archive keys are missing; install debian-archive-keyring.");
    }
    try {
      List<Entry> entries = new ArrayList<>();
      for (Path file : files(apt)) {
        List<String> lines = Files.readAllLines(file);
        entries.addAll(file.toString().endsWith(".sources") ? stanzas(lines) : oneLiners(lines));
      }
      List<Entry> debian =
          entries.stream()
              .filter(e -> e.suite().equals(codename) || e.suite().startsWith(codename + "-"))
              .distinct()
              .toList();
      return debian.stream().anyMatch(e -> e.suite().equals(codename))
          ? Outcome.ok(new DebianSources(codename, debian, keyring.get()))
          : unsupported("apt has no mirror of Debian %s configured; add one.".formatted(codename));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("read apt's sources", e));
    }
  }

  /** Mirrors that carry whole releases, as opposed to their updates only. */
  List<String> mirrors() {
    return entries.stream()
        .filter(e -> e.suite().equals(codename))
        .map(Entry::uri)
        .distinct()
        .toList();
  }

  private static Outcome<DebianSources> unsupported(String fix) {
    return Outcome.failed(new EngineFailure.Unsupported("Fetching CRIU and runc from Debian", fix));
  }

  private static List<Path> files(Path apt) throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.isRegularFile(apt.resolve("sources.list"))) {
      files.add(apt.resolve("sources.list"));
    }
    Path parts = apt.resolve("sources.list.d");
    if (Files.isDirectory(parts)) {
      try (Stream<Path> listed = Files.list(parts)) {
        listed
            .filter(p -> p.toString().endsWith(".list") || p.toString().endsWith(".sources"))
            .sorted(Comparator.naturalOrder())
            .forEach(files::add);
      }
    }
    return files;
  }

  private static List<Entry> oneLiners(List<String> lines) {
    List<Entry> entries = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.replaceAll("\\[[^\\]]*\\]", " ").strip().split("\\s+", -1);
      if (words.length >= 3 && words[0].equals("deb")) {
        entries.add(new Entry(words[1], words[2]));
      }
    }
    return entries;
  }

  private static List<Entry> stanzas(List<String> lines) {
    List<Entry> entries = new ArrayList<>();
    Map<String, String> stanza = new HashMap<>();
    List<String> padded = new ArrayList<>(lines);
    padded.add("");
    for (String line : padded) {
      int colon = line.indexOf(':');
      if (line.isBlank()) {
        entries.addAll(entriesOf(stanza));
        stanza.clear();
      } else if (colon > 0 && !line.startsWith("#") && !Character.isWhitespace(line.charAt(0))) {
        stanza.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    return entries;
  }

  private static List<Entry> entriesOf(Map<String, String> stanza) {
    List<Entry> entries = new ArrayList<>();
    boolean enabled = !stanza.getOrDefault("enabled", "yes").equalsIgnoreCase("no");
    if (enabled && List.of(stanza.getOrDefault("types", "").split("\\s+", -1)).contains("deb")) {
      for (String uri : stanza.getOrDefault("uris", "").split("\\s+", -1)) {
        for (String suite : stanza.getOrDefault("suites", "").split("\\s+", -1)) {
          entries.add(new Entry(uri, suite));
        }
      }
    }
    return entries;
  }
}
