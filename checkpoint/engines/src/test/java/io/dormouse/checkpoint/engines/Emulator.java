package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;

import io.dormouse.checkpoint.engines.ToolRunner.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Another kernel, in an emulated machine: Debian's for clouds, with a disk of its own. Slow, and
 * good for what this machine's kernel lacks.
 */
final class Emulator {
  private static final Duration TOOL_LIMIT = Duration.ofMinutes(1);

  /** In the order in which they need each other: the disk, then what CRIU looks for. */
  private static final List<String> MODULES =
      List.of(
          "virtio_ring",
          "virtio",
          "virtio_pci_legacy_dev",
          "virtio_pci_modern_dev",
          "virtio_pci",
          "virtio_blk",
          "libcrc32c",
          "nfnetlink",
          "nf_tables",
          "inet_diag",
          "tcp_diag",
          "udp_diag",
          "unix_diag");

  private static final String FIRST_PROGRAM =
      """
      #!/bin/busybox sh
      for module in %s; do /bin/busybox insmod "/$module.ko"; done
      /bin/busybox mkdir -p /dev /root
      /bin/busybox mount -t devtmpfs dev /dev
      /bin/busybox mount -t ext4 -o noatime /dev/vda /root
      exec /bin/busybox switch_root /root %s
      """;

  private final PrivateRoot root;
  private final Path work;

  /**
   * Packages of the emulator and of what runs in it.
   *
   * @param work an empty directory
   */
  Emulator(PrivateRoot root, Path work) {
    this.root = root;
    this.work = work;
  }

  /** What has to be fetched for one. */
  static List<String> packages() {
    return List.of("qemu-system-x86", "linux-image-cloud-amd64", "busybox-static", "e2fsprogs");
  }

  /** Makes a disk of a folder. */
  Path disk(Path folder, int mebibytes) throws IOException {
    Path disk = work.resolve("disk.img");
    List<String> argv = new ArrayList<>(root.command("sbin/mke2fs"));
    argv.addAll(List.of("-q", "-t", "ext4", "-O", "^has_journal", "-m", "0"));
    argv.addAll(List.of("-d", folder.toString(), disk.toString(), mebibytes + "M"));
    run(argv);
    return disk;
  }

  /**
   * Boots, runs a program of the disk as the first process, and waits until the machine is off or
   * the time is up.
   *
   * @return what came over the serial console
   */
  List<String> run(Path disk, String program, Duration limit)
      throws IOException, InterruptedException {
    Path console = work.resolve("console");
    List<String> argv = new ArrayList<>(root.command("usr/bin/qemu-system-x86_64"));
    for (String firmware : List.of("usr/share/qemu", "usr/share/seabios")) {
      argv.addAll(List.of("-L", root.file(firmware).toString()));
    }
    argv.addAll(List.of("-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1500"));
    argv.addAll(List.of("-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio"));
    argv.addAll(List.of("-kernel", find("boot", "vmlinuz-").toString()));
    argv.addAll(List.of("-initrd", firstFiles(program).toString()));
    argv.addAll(List.of("-append", "console=ttyS0 panic=-1 quiet"));
    argv.addAll(List.of("-drive", "file=%s,format=raw,if=virtio,cache=unsafe".formatted(disk)));
    ProcessBuilder builder =
        new ProcessBuilder(argv)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(console.toFile());
    builder.environment().put("QEMU_MODULE_DIR", modules().toString());
    Process machine = builder.start();
    try {
      if (!machine.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            "The machine must be off after %s:%n%s".formatted(limit, Files.readString(console)));
      }
      return Files.readAllLines(console).stream().map(String::strip).toList();
    } finally {
      machine.destroyForcibly().waitFor();
    }
  }

  private Path modules() throws IOException {
    return find("usr/lib", "accel-tcg-x86_64.so").getParent();
  }

  /** What the kernel unpacks into memory: enough to find the disk. */
  private Path firstFiles(String program) throws IOException {
    Path files = Files.createDirectory(work.resolve("first"));
    Files.createDirectory(files.resolve("bin"));
    Files.copy(root.file("bin/busybox"), files.resolve("bin/busybox"));
    for (String module : MODULES) {
      Files.copy(find("lib/modules", module + ".ko"), files.resolve(module + ".ko"));
    }
    Path init = files.resolve("init");
    Files.writeString(init, FIRST_PROGRAM.formatted(String.join(" ", MODULES), program));
    run(List.of("chmod", "755", init.toString(), files.resolve("bin/busybox").toString()));
    Path archive = work.resolve("first.cpio");
    run(
        List.of(
            "/bin/sh",
            "-c",
            "cd '%s' && '%s' find . | '%s' cpio -o -H newc >'%s'"
                .formatted(files, root.file("bin/busybox"), root.file("bin/busybox"), archive)));
    return archive;
  }

  private Path find(String directory, String prefix) throws IOException {
    try (Stream<Path> all = Files.walk(root.file(directory))) {
      return all.filter(file -> file.getFileName().toString().startsWith(prefix))
          .filter(Files::isRegularFile)
          .findFirst()
          .orElseThrow(() -> new IOException("no %s in %s".formatted(prefix, directory)));
    }
  }

  /** Runs a program that must succeed. */
  static void run(List<String> argv) {
    Call call = new Call(argv.get(0), argv, Map.of(), Path.of("/"));
    ToolRunner.Result result = ok(ToolRunner.run(call, TOOL_LIMIT));
    if (result.exitStatus() != 0) {
      throw new AssertionError(
          argv.stream().collect(Collectors.joining(" ")) + ": " + result.output());
    }
  }
}
