package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Dumps that leave out what did not change, by this engine, on a kernel that tells it: in an
 * emulated machine, wherever this one's does not.
 */
class MemoryTrackingIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final int DISK_MEBIBYTES = 1000;

  /** The pages of the program's memory. */
  private static final int PAGES = 2048;

  private static final String INIT =
      """
      #!/bin/sh
      export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
      mount -t proc proc /proc
      mount -t sysfs sysfs /sys
      mount -t devtmpfs dev /dev
      chmod 1777 /tmp
      mount -t tmpfs tmpfs /run
      mount -t cgroup2 none /sys/fs/cgroup
      /bin/busybox ip link set lo up
      mkdir /run/test
      chmod 711 /run/test
      '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Xmx300m -cp '%s' \\
        io.dormouse.checkpoint.engines.TrackedGenerations '%s' '%s' '%s' /run/test
      echo o >/proc/sysrq-trigger
      sleep 100
      """;

  @Test
  void laterGenerationsCostWhatChangedAndNothingStaleComesBack(@TempDir Path directory)
      throws IOException, InterruptedException {
    Toolchain tools = TestTools.toolchain();
    PrivateRoot packages =
        TestPrograms.fetched("emulator", Emulator.packages().toArray(String[]::new));
    PrivateRoot guest =
        TestPrograms.fetched(
            "guest",
            "dash",
            "coreutils",
            "util-linux",
            "mount",
            "tar",
            "gzip",
            "zlib1g",
            "libstdc++6",
            "libseccomp2");
    Emulator emulator = new Emulator(packages, directory);
    Path disk = emulator.disk(files(directory, tools, packages, guest), DISK_MEBIBYTES);

    List<String> console = emulator.run(disk, "/init", LIMIT);

    System.out.println(String.join("\n", console));
    Map<String, String> steps = steps(console);
    assertThat(steps).as(String.join("\n", console)).containsEntry("end", "reached");
    assertThat(steps).containsEntry("kernel", "WORKING");
    whatChangedIsDumped(steps);
    stateIsRight(steps);
    doubtMeansEverything(steps);
  }

  private static void whatChangedIsDumped(Map<String, String> steps) {
    assertThat(figure(steps, "first", "pages")).isGreaterThan(PAGES);
    // Restored memory may lie in huge pages, which the kernel marks as a whole.
    Map<String, Integer> most = Map.of("second", PAGES / 20, "third", 2 * PAGES / 3);
    for (String step : most.keySet()) {
      assertThat(steps.get(step)).contains("inherits=true");
      assertThat(figure(steps, step, "pages")).isBetween(20L, 20L + most.get(step));
      assertThat(figure(steps, step, "memory")).isGreaterThan(PAGES);
      assertThat(figure(steps, step, "new")).isLessThan(figure(steps, "first", "new") / 10);
      assertThat(figure(steps, step, "image")).isGreaterThan(PAGES * CriuPagemap.PAGE_BYTES);
    }
  }

  private static void stateIsRight(Map<String, String> steps) {
    assertThat(steps)
        .containsEntry("started", "ok 0")
        .containsEntry("changed", "ok 20")
        .containsEntry("restored", "ok 40")
        .containsEntry("changed-again", "ok 50")
        .containsEntry("restored-after-unpublished", "ok 61")
        .containsEntry("restored-before-failure", "ok 101")
        .containsEntry("restored-after-failure", "ok 107");
  }

  private static void doubtMeansEverything(Map<String, String> steps) {
    assertThat(steps).containsEntry("failure", "failed=true base=false");
    assertThat(steps.get("unpublished")).contains("inherits=true");
    assertThat(steps.get("before-failure")).contains("inherits=true");
    for (String after : List.of("after-unpublished", "after-others", "after-failure")) {
      assertThat(steps.get(after)).contains("inherits=false");
      assertThat(figure(steps, after, "pages")).isGreaterThan(PAGES);
    }
  }

  private static Map<String, String> steps(List<String> console) {
    Map<String, String> steps = new HashMap<>();
    for (String line : console) {
      String[] words = line.split(" ", 3);
      if (words.length == 3 && words[0].equals("STEP")) {
        steps.put(words[1], words[2]);
      }
    }
    return steps;
  }

  private static long figure(Map<String, String> steps, String step, String name) {
    return Stream.of(steps.get(step).split(" ", -1))
        .filter(word -> word.startsWith(name + "="))
        .mapToLong(word -> Long.parseLong(word.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  /** What is on the disk: a small system, and all that the test needs where it is here. */
  private static Path files(
      Path directory, Toolchain tools, PrivateRoot packages, PrivateRoot guest) throws IOException {
    Path files = directory.resolve("files");
    Emulator.run(List.of("cp", "-a", guest.path().toString(), files.toString()));
    for (String name : List.of("proc", "sys", "dev", "tmp", "run", "root", "opt")) {
      Files.createDirectories(files.resolve(name));
    }
    Files.copy(packages.file("bin/busybox"), files.resolve("bin/busybox"));
    Emulator.run(List.of("chmod", "755", files.resolve("bin/busybox").toString()));
    copy(tools.criu().getParent(), files);
    copy(tools.runc().getParent(), files);
    Path programs = InstanceFiles.createPassable(directory.resolve("programs"));
    Path program = TestPrograms.compiled("pages.c", programs);
    Path inside = Files.createDirectories(files.resolve("opt/programs")).resolve("pages");
    Files.copy(program, inside);
    Emulator.run(List.of("chmod", "755", inside.toString()));
    java(files);
    Path init = files.resolve("init");
    Files.writeString(
        init,
        INIT.formatted(
            "/opt/java/bin/java",
            classPath(files),
            tools.criu(),
            tools.runc(),
            "/opt/programs/pages"));
    Emulator.run(List.of("chmod", "755", init.toString()));
    return files;
  }

  private static void copy(Path directory, Path files) throws IOException {
    Path target = files.resolve(directory.toString().substring(1));
    Files.createDirectories(target.getParent());
    Emulator.run(List.of("cp", "-a", directory.toString(), target.toString()));
  }

  private static void java(Path files) throws IOException {
    Path home = Path.of(System.getProperty("java.home"));
    Path target = Files.createDirectory(files.resolve("opt/java"));
    for (String part : List.of("bin", "conf", "lib")) {
      // Parts of it may be links to elsewhere, and links to what is not installed.
      Emulator.run(
          List.of(
              "/bin/sh",
              "-c",
              "cp -rL '%s' '%s' 2>/dev/null || test -d '%s'"
                  .formatted(home.resolve(part), target, target.resolve(part))));
    }
  }

  private static String classPath(Path files) throws IOException {
    List<String> entries = new ArrayList<>();
    Path target = Files.createDirectory(files.resolve("opt/classes"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.isEmpty()
          && !entry.matches(".*/(org/apache/hadoop|software/amazon/awssdk)/.*")
          && Files.exists(Path.of(entry))) {
        String name = entries.size() + "-" + Path.of(entry).getFileName();
        Emulator.run(List.of("cp", "-r", entry, target.resolve(name).toString()));
        entries.add("/opt/classes/" + name);
      }
    }
    return entries.stream().collect(Collectors.joining(File.pathSeparator));
  }
}
