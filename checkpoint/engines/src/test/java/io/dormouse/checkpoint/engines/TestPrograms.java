package io.dormouse.checkpoint.engines;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Programs for tests: those of the machine, else Debian's own in a private root, fetched on first
 * use. A test whose program can't be had is skipped, with the reason.
 */
final class TestPrograms {
  private static final Duration FETCH_MAX = Duration.ofMinutes(3);

  private TestPrograms() {}

  static PrivateRoot nginx() {
    return fetched("nginx", "nginx");
  }

  static PrivateRoot redis() {
    return fetched("redis", "redis-server");
  }

  /** How to start Python; adds what it needs of private directories to {@code readOnly}. */
  static List<String> python(List<Path> readOnly) throws IOException {
    Path usual = Path.of("/usr/bin/python3");
    if (Files.isExecutable(usual)) {
      return List.of(usual.toString());
    }
    PrivateRoot root = fetched("python", "python3");
    readOnly.add(root.path());
    List<String> command =
        new ArrayList<>(List.of("/usr/bin/env", "PYTHONHOME=" + root.file("usr")));
    command.addAll(root.command("usr/bin/python3"));
    return command;
  }

  /** Compiles a C program of the tests' resources. */
  static Path compiled(String source, Path directory) throws IOException {
    Path file = resource(source, directory);
    Path program = directory.resolve(source.replace(".c", ""));
    Optional<Path> usual =
        Stream.of("cc", "gcc")
            .map(Path.of("/usr/bin")::resolve)
            .filter(Files::isExecutable)
            .findFirst();
    List<String> argv =
        usual.isPresent()
            ? List.of(
                usual.get().toString(), "-o", program.toString(), file.toString(), "-lpthread")
            : tinyCompiler(file, program);
    ToolRunner.Call call = new ToolRunner.Call("the C compiler", argv, Map.of(), directory);
    ToolRunner.Result result = TestTools.ok(ToolRunner.run(call, Duration.ofSeconds(30)));
    if (result.exitStatus() != 0) {
      throw new AssertionError(String.join(" ", argv) + ": " + result.output());
    }
    return program;
  }

  // Debian's libc.so is a linker script with the paths of an installed package, so the parts of it
  // are named here.
  private static List<String> tinyCompiler(Path source, Path program) throws IOException {
    PrivateRoot root = fetched("tcc", "tcc", "libc6-dev");
    Path objects = find(root, "crt1.o").getParent();
    Path includes = root.file("usr/include");
    List<String> argv = new ArrayList<>(root.command("usr/bin/tcc"));
    argv.addAll(List.of("-B" + find(root, "libtcc1.a").getParent(), "-nostdinc", "-nostdlib"));
    argv.addAll(List.of("-I" + find(root, "tcclib.h").getParent(), "-I" + includes));
    argv.addAll(List.of("-I" + includes.resolve(objects.getFileName()), "-o", program.toString()));
    argv.addAll(List.of(objects + "/crt1.o", objects + "/crti.o", source.toString()));
    argv.addAll(List.of(find(root, "libc.so.6").toString(), objects + "/libc_nonshared.a"));
    argv.addAll(List.of(find(root, "libtcc1.a").toString(), objects + "/crtn.o"));
    return argv;
  }

  private static Path find(PrivateRoot root, String name) throws IOException {
    try (Stream<Path> all = Files.walk(root.path())) {
      return all.filter(file -> file.getFileName().toString().equals(name))
          .findFirst()
          .orElseThrow(() -> new IOException("no %s in %s".formatted(name, root.path())));
    }
  }

  static Path resource(String name, Path directory) throws IOException {
    Path file = directory.resolve(name);
    try (InputStream in = TestPrograms.class.getResourceAsStream("/survivors/" + name)) {
      if (in == null) {
        throw new IOException("no resource " + name);
      }
      Files.copy(in, file);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    return file;
  }

  static PrivateRoot fetched(String name, String... packages) {
    Path cache = ToolFinder.cacheDirectory(System.getenv());
    Outcome<PrivateRoot> root =
        new ToolProvisioner(cache)
            .provisionPackages(name, List.of(packages), FETCH_MAX, System.out::println);
    if (root instanceof Outcome.Failed<PrivateRoot> failed) {
      System.out.printf("Skipped, no %s: %s%n", name, failed.failure().message());
      return abort("no %s: %s".formatted(name, failed.failure().message()));
    }
    return ((Outcome.Ok<PrivateRoot>) root).value();
  }
}
