package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.images.Trees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Fetches builds of CRIU and runc from the machine's own Debian mirror into a directory of the
 * user's cache: CRIU from the newest suite, because the kernel may be newer than the release's,
 * runc from the machine's release. Nothing is installed on the machine. Several processes may do so
 * at once; one works, the others wait for its result.
 */
public final class ToolProvisioner {
  private static final String NEWEST_SUITE = "sid";

  private final Path tools;

  /**
   * @param cache the user's cache directory of Dormouse; see {@link ToolFinder#cacheDirectory}
   */
  public ToolProvisioner(Path cache) {
    this.tools = cache.resolve("tools");
  }

  /** Where a provisioned CRIU starts, whether it is there or not. */
  public Path criu() {
    return tools.resolve("criu/criu");
  }

  /** Where a provisioned runc starts, whether it is there or not. */
  public Path runc() {
    return tools.resolve("runc/runc");
  }

  /**
   * Fetches CRIU unless it is there.
   *
   * @param timeout for all of it, waiting for another process included
   * @param progress told what is done, in short sentences
   * @return the path of a starter
   */
  public Outcome<Path> provisionCriu(Duration timeout, Consumer<String> progress) {
    return DebianSources.ofThisMachine()
        .then(
            sources -> {
              var entries =
                  sources.mirrors().stream()
                      .map(m -> new DebianSources.Entry(m, NEWEST_SUITE))
                      .toList();
              return provision(
                  new Job("criu", List.of("criu"), entries, sources.keyring(), timeout),
                  ToolProvisioner::criuScript,
                  progress);
            });
  }

  /** Fetches runc unless it is there; otherwise as {@link #provisionCriu}. */
  public Outcome<Path> provisionRunc(Duration timeout, Consumer<String> progress) {
    return DebianSources.ofThisMachine()
        .then(
            sources ->
                provision(
                    new Job("runc", List.of("runc"), sources.entries(), sources.keyring(), timeout),
                    ToolProvisioner::runcScript,
                    progress));
  }

  /**
   * Fetches other packages of the machine's release with all they need, unless they are there;
   * otherwise as {@link #provisionCriu}. Nothing of them is configured or started.
   *
   * @param name of the directory, and in messages
   */
  public Outcome<PrivateRoot> provisionPackages(
      String name, List<String> packages, Duration timeout, Consumer<String> progress) {
    return DebianSources.ofThisMachine()
        .then(
            sources ->
                provision(
                    new Job(name, packages, sources.entries(), sources.keyring(), timeout),
                    (made, target) -> "#!/bin/sh\nls '%s'\n".formatted(target.resolve("root")),
                    progress))
        .then(marker -> Outcome.ok(new PrivateRoot(marker.resolveSibling("root"))));
  }

  private record Job(
      String tool,
      List<String> packages,
      List<DebianSources.Entry> entries,
      Path keyring,
      Duration timeout) {}

  /** Writes what starts a tool; {@code made} becomes {@code target} afterwards. */
  private interface StarterScript {
    String of(Path made, Path target) throws IOException;
  }

  private Outcome<Path> provision(Job job, StarterScript script, Consumer<String> progress) {
    Path starter = tools.resolve(job.tool()).resolve(job.tool());
    try {
      Files.createDirectories(tools);
      try (FileChannel channel =
          FileChannel.open(
              tools.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        AtomicReference<FileLock> lock = new AtomicReference<>();
        if (!Waiting.until(() -> tryLock(channel, lock), job.timeout())) {
          return Outcome.failed(
              new EngineFailure.TimedOut(
                  "fetching " + job.tool(), job.timeout(), "another process is at it"));
        }
        return Files.isExecutable(starter) ? Outcome.ok(starter) : fetch(job, script, progress);
      }
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("fetch " + job.tool(), e));
    }
  }

  private static boolean tryLock(FileChannel channel, AtomicReference<FileLock> lock) {
    try {
      lock.set(channel.tryLock());
      return lock.get() != null;
    } catch (OverlappingFileLockException e) {
      // Another thread of this JVM has it.
      return false;
    } catch (IOException e) {
      throw new IllegalStateException(
          "The cache's lock file must be lockable.\nMaybe the home directory is on a file system without locks.",
          e);
    }
  }

  private Outcome<Path> fetch(Job job, StarterScript script, Consumer<String> progress)
      throws IOException {
    Path work = Files.createDirectory(tools.resolve("." + job.tool() + "." + UUID.randomUUID()));
    Path made = work.resolve("made");
    try {
      progress.accept(
          "Fetching %s and its libraries from this machine's Debian mirror.".formatted(job.tool()));
      PrivateApt apt = PrivateApt.create(work.resolve("apt"), job.entries(), job.keyring());
      return apt.update(job.timeout())
          .then(done -> apt.unpack(job.packages(), made.resolve("root"), job.timeout()))
          .then(done -> publish(job.tool(), made, script))
          .then(
              path -> {
                progress.accept("%s is ready.".formatted(job.tool()));
                return Outcome.ok(path);
              });
    } finally {
      Trees.delete(work);
    }
  }

  private Outcome<Path> publish(String tool, Path made, StarterScript script) {
    Path target = tools.resolve(tool);
    try {
      Path starter = made.resolve(tool);
      Files.writeString(starter, script.of(made, target));
      Files.setPosixFilePermissions(starter, PosixFilePermissions.fromString("rwxr-xr-x"));
      Trees.delete(target);
      Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
      return Outcome.ok(target.resolve(tool));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("set up " + tool, e));
    }
  }

  // Its C library is newer than the machine's, so it starts through its own loader.
  private static String criuScript(Path made, Path target) throws IOException {
    Path loader = find(made.resolve("root/usr/lib"), "ld-linux");
    Path binary = find(made.resolve("root/usr/sbin"), "criu");
    return "#!/bin/sh\nexec '%s' --library-path '%s' '%s' \"$@\"\n"
        .formatted(
            moved(loader, made, target),
            moved(loader.resolveSibling("."), made, target),
            moved(binary, made, target));
  }

  // runc starts itself anew through /proc/self/exe, which a loader would hide. It is of this
  // release, so all it can
  // miss is its one library.
  private static String runcScript(Path made, Path target) throws IOException {
    Path libraries = Files.createDirectory(made.resolve("lib"));
    Path library = find(made.resolve("root/usr/lib"), "libseccomp.so.2");
    Files.copy(library, libraries.resolve("libseccomp.so.2"));
    return "#!/bin/sh\nLD_LIBRARY_PATH='%s' exec '%s' \"$@\"\n"
        .formatted(
            moved(libraries, made, target),
            moved(find(made.resolve("root/usr/sbin"), "runc"), made, target));
  }

  private static Path moved(Path path, Path made, Path target) {
    return target.resolve(made.relativize(path)).normalize();
  }

  private static Path find(Path directory, String prefix) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      return walk.filter(p -> p.getFileName().toString().startsWith(prefix))
          .filter(Files::isRegularFile)
          .findFirst()
          .orElseThrow(
              () -> new IOException("the package has no %s in %s".formatted(prefix, directory)));
    }
  }
}
