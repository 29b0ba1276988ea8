package io.dormouse.checkpoint.engines;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;

/**
 * The OCI bundle of a capsule: the host's programs read-only, the layer writable, pids, mounts, IPC
 * and host name of its own, the host's network. No capability, no way to get one.
 */
final class CapsuleBundle {
  private static final List<String> PROGRAM_DIRECTORIES =
      List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");
  private static final String INIT =
      "exec \"$@\" 0<>/dormouse/stdin 1<>/dormouse/stdout 2>>/dormouse/stderr";

  private CapsuleBundle() {}

  /** Makes it, with the directories of its tools. */
  static Outcome<Done> prepare(InstanceFiles files, InstanceSpec spec) {
    try {
      Files.createDirectory(files.bundle(), Private.DIRECTORY);
      Files.createDirectory(files.toolWork(), Private.DIRECTORY);
      write(files, spec, CapsuleCgroup.path(spec.id()));
      Files.writeString(files.criuConfig(), "");
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("prepare capsule " + spec.id(), e));
    }
  }

  private static void write(InstanceFiles files, InstanceSpec spec, String cgroup)
      throws IOException {
    Path rootfs = files.bundle().resolve("rootfs");
    Files.createDirectories(rootfs);
    for (String name : List.of("usr", "etc", "proc", "dev", "work", "tmp", "dormouse")) {
      Files.createDirectories(rootfs.resolve(name));
    }
    ObjectNode top = SpecJson.MAPPER.createObjectNode();
    top.put("ociVersion", "1.0.2");
    process(top.putObject("process"), spec);
    top.putObject("root").put("path", "rootfs").put("readonly", true);
    top.put("hostname", "capsule");
    mounts(top.putArray("mounts"), files, spec, rootfs);
    top.putObject("annotations").put("org.criu.config", files.criuConfig().toString());
    linux(top.putObject("linux"), spec, cgroup);
    Files.write(files.bundle().resolve("config.json"), SpecJson.MAPPER.writeValueAsBytes(top));
  }

  private static void process(ObjectNode process, InstanceSpec spec) {
    process.put("terminal", false);
    process.putObject("user").put("uid", spec.ownerUid()).put("gid", spec.ownerGid());
    ArrayNode args = process.putArray("args").add("/bin/sh").add("-c").add(INIT).add("sh");
    spec.argv().forEach(args::add);
    ArrayNode environment = process.putArray("env");
    new TreeMap<>(spec.environment()).forEach((name, value) -> environment.add(name + "=" + value));
    process.put("cwd", "/work");
    process.put("noNewPrivileges", true);
    ObjectNode capabilities = process.putObject("capabilities");
    for (String set : List.of("bounding", "effective", "permitted", "inheritable", "ambient")) {
      capabilities.putArray(set);
    }
  }

  private static void mounts(ArrayNode mounts, InstanceFiles files, InstanceSpec spec, Path rootfs)
      throws IOException {
    mounts.addObject().put("destination", "/proc").put("type", "proc").put("source", "proc");
    tmpfs(mounts, "/dev", "mode=755");
    tmpfs(mounts, "/dev/shm", "mode=1777");
    bind(mounts, "/usr", Path.of("/usr"), "ro");
    bind(mounts, "/etc", Path.of("/etc"), "ro");
    for (String name : PROGRAM_DIRECTORIES) {
      Path host = Path.of("/", name);
      if (Files.isSymbolicLink(host)) {
        Files.deleteIfExists(rootfs.resolve(name));
        Files.createSymbolicLink(rootfs.resolve(name), Files.readSymbolicLink(host));
      } else if (Files.isDirectory(host)) {
        Files.createDirectories(rootfs.resolve(name));
        bind(mounts, "/" + name, host, "ro");
      }
    }
    for (String name : InstanceFiles.LAYER_DIRECTORIES) {
      bind(mounts, "/" + name, files.layer().resolve(name), "rw");
    }
    for (Path path : spec.readOnlyPaths()) {
      if (!path.startsWith("/usr") && !path.startsWith("/etc")) {
        bind(mounts, path.toString(), path, "ro");
      }
    }
  }

  private static void tmpfs(ArrayNode mounts, String destination, String mode) {
    ObjectNode mount =
        mounts
            .addObject()
            .put("destination", destination)
            .put("type", "tmpfs")
            .put("source", "tmpfs");
    mount
        .putArray("options")
        .add("nosuid")
        .add("noexec")
        .add("strictatime")
        .add(mode)
        .add("size=65536k");
  }

  private static void bind(ArrayNode mounts, String destination, Path source, String access) {
    ObjectNode mount =
        mounts
            .addObject()
            .put("destination", destination)
            .put("type", "bind")
            .put("source", source.toString());
    mount.putArray("options").add("rbind").add(access).add("nosuid").add("nodev");
  }

  private static void linux(ObjectNode linux, InstanceSpec spec, String cgroup) {
    linux.put("cgroupsPath", "/" + cgroup);
    ArrayNode namespaces = linux.putArray("namespaces");
    for (String type : List.of("pid", "mount", "ipc", "uts")) {
      namespaces.addObject().put("type", type);
    }
    ObjectNode resources = linux.putObject("resources");
    resources.putArray("devices").addObject().put("allow", false).put("access", "rwm");
    if (spec.memoryLimitBytes().isPresent()) {
      resources.putObject("memory").put("limit", spec.memoryLimitBytes().getAsLong());
    }
    linux.putArray("maskedPaths").add("/proc/kcore").add("/proc/keys").add("/proc/timer_list");
    linux
        .putArray("readonlyPaths")
        .add("/proc/sys")
        .add("/proc/sysrq-trigger")
        .add("/proc/irq")
        .add("/proc/bus");
  }
}
