package io.dormouse.yarn.site;

import com.google.common.base.Splitter;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** An installation made of this build's class path and of the plugin module's output. */
final class TestInstallation {
  private TestInstallation() {}

  static Path create(Path root) throws IOException {
    Path lib = Files.createDirectories(root.resolve("lib"));
    int number = 0;
    for (String entry : classPath()) {
      Path path = Path.of(entry);
      if (Files.exists(path)) {
        add(path, lib.resolve("%03d-%s.jar".formatted(number++, path.getFileName())));
      }
    }
    Path hadoop = Files.createDirectories(lib.resolve("hadoop"));
    Path plugin = Path.of("..", "plugin", "target").toRealPath();
    try (Stream<Path> jars = Files.list(plugin.resolve("hadoop"))) {
      for (Path jar : jars.toList()) {
        add(jar, hadoop.resolve(jar.getFileName()));
      }
    }
    add(plugin.resolve("classes"), hadoop.resolve("plugin.jar"));
    return root;
  }

  private static Iterable<String> classPath() {
    return Splitter.on(File.pathSeparatorChar).split(System.getProperty("java.class.path"));
  }

  private static void add(Path from, Path jar) throws IOException {
    if (Files.isDirectory(from)) {
      pack(from, jar);
    } else {
      Files.copy(from, jar);
    }
  }

  private static void pack(Path folder, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream zip = new JarOutputStream(out);
        Stream<Path> walk = Files.walk(folder)) {
      List<Path> files = walk.filter(Files::isRegularFile).sorted().toList();
      for (Path file : files) {
        zip.putNextEntry(new JarEntry(folder.relativize(file).toString()));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
  }

  static void deleteAll(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      walk.sorted((a, b) -> b.compareTo(a)).forEach(TestInstallation::delete);
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
