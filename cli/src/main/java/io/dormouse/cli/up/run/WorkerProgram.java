package io.dormouse.cli.up.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The worker as it lies in the work directory: class files, and no archive that a virtual machine
 * would keep open and a restore would have to find unchanged.
 *
 * @param classes folder of the class path
 */
record WorkerProgram(Path classes) {
  private static final String PACKAGE = "io/dormouse/cli/up/worker/";

  /** The worker's memory at rest is about 340 MiB; the rest is for its kernel memory and stacks. */
  static final long MEMORY_BYTES = 512L << 20;

  /**
   * What a start is taken to need of a core when functions are sampled; an estimate, not measured.
   */
  static final double COLD_START_CORE_SECONDS = 8;

  private static final List<String> CLASSES =
      List.of(
          "Worker",
          "DataSet",
          "Desk",
          "Desk$1",
          "Journal",
          "Journal$Proof",
          "Lines",
          "Records",
          "SplitMix");

  /** Copies the class files. */
  static WorkerProgram install(Path folder) throws IOException {
    Path target = Files.createDirectories(folder.resolve(PACKAGE));
    for (String name : CLASSES) {
      String resource = "/" + PACKAGE + name + ".class";
      try (InputStream in = WorkerProgram.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new IllegalStateException("The class %s is missing.".formatted(resource));
        }
        Path file = target.resolve(name + ".class");
        Files.copy(in, file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
      }
    }
    openAll(folder, target);
    return new WorkerProgram(folder);
  }

  private static void openAll(Path folder, Path target) throws IOException {
    for (Path path = target; path.startsWith(folder); path = path.resolve("..").normalize()) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /**
   * Its argument vector, as seen inside a capsule: few threads, no memory-mapped counters, no
   * attach socket, and a heap whose untouched part is no part of an image.
   */
  List<String> command(String workloadClass) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin/java").toString(),
        "-XX:+UseSerialGC",
        "-Xms360m",
        "-Xmx360m",
        "-Xmn8m",
        "-Xss256k",
        "-XX:TieredStopAtLevel=1",
        "-XX:ReservedCodeCacheSize=16m",
        "-XX:-UsePerfData",
        "-XX:+DisableAttachMechanism",
        "-Xshare:auto",
        "-cp",
        classes.toString(),
        "io.dormouse.cli.up.worker.Worker",
        workloadClass);
  }

  /** Host paths that it needs to see beside /usr and /etc. */
  List<Path> readOnlyPaths() {
    List<Path> paths = new ArrayList<>(List.of(classes));
    Path java = Path.of(System.getProperty("java.home"));
    if (!java.startsWith("/usr")) {
      paths.add(java);
    }
    return paths;
  }
}
