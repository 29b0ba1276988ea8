package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents and commands must not wait for clients of servers that they have no use for. */
class LocalStoresLoadNoHadoopTest {
  /** Ours, and all libraries but Hadoop's and Amazon's. */
  private static URLClassLoader withoutHadoop() throws IOException {
    List<URL> urls = new ArrayList<>();
    String paths =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    for (String path : paths.split(File.pathSeparator, -1)) {
      if (!path.contains("hadoop") && !path.contains("amazon")) {
        urls.add(Path.of(path).toUri().toURL());
      }
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  @Test
  void aLocalStoreOpensWithoutThem(@TempDir Path folder) throws Exception {
    try (URLClassLoader classes = withoutHadoop()) {
      assertThatExceptionOfType(ClassNotFoundException.class)
          .isThrownBy(() -> classes.loadClass("org.apache.hadoop.fs.FileSystem"));
      Object opened =
          classes
              .loadClass(ImageStore.class.getName())
              .getMethod("open", URI.class, InstantSource.class)
              .invoke(null, folder.toUri(), InstantSource.system());

      assertThat(opened.getClass().getSimpleName()).as("%s", opened).isEqualTo("Ok");
    }
  }
}
