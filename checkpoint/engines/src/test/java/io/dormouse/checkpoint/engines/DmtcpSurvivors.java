package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * Servers that are asked over a new connection each time: under DMTCP only connections within an
 * instance go on.
 */
final class DmtcpSurvivors {
  private DmtcpSurvivors() {}

  /** What is asked of a server. */
  private interface Visit {
    void to(LineClient client, Home home) throws IOException;
  }

  /** How a server's port is known once it was prepared. */
  private interface Port {
    int get();
  }

  private record Visited(Survivor server, Port port, Visit before, Visit after)
      implements Survivor {
    @Override
    public Launch prepare(Path directory, Home home) throws IOException {
      Launch launch = server.prepare(directory, home);
      return new Launch(withoutLoader(launch.argv()), launch.readOnly());
    }

    // Named as a program, the loader is what DMTCP takes for the program.
    private static List<String> withoutLoader(List<String> argv) {
      if (argv.size() < 4 || !argv.get(1).equals("--library-path")) {
        return argv;
      }
      List<String> direct =
          new ArrayList<>(List.of("/usr/bin/env", "LD_LIBRARY_PATH=" + argv.get(2)));
      direct.addAll(argv.subList(3, argv.size()));
      // Under DMTCP 4.2.0 this thread of jemalloc ends Redis by a segmentation fault, now and then.
      if (argv.contains("--appendonly")) {
        direct.addAll(List.of("--jemalloc-bg-thread", "no"));
      }
      return direct;
    }

    @Override
    public boolean isForNobody() {
      return server.isForNobody();
    }

    @Override
    public void live(Home home) throws IOException {
      visit(before, home);
    }

    @Override
    public void prove(Home home) throws IOException {
      visit(after, home);
    }

    private void visit(Visit visit, Home home) throws IOException {
      try (LineClient client = LineClient.connect(port.get())) {
        visit.to(client, home);
      }
    }
  }

  static Survivor python() {
    PythonSurvivor server = new PythonSurvivor();
    return new Visited(
        server,
        server::port,
        (client, home) -> assertThat(client.get("/")).isEqualTo("1 1 sound"),
        (client, home) -> {
          assertThat(client.get("/")).isEqualTo("2 1 sound");
          assertThat(Files.readAllLines(home.work().resolve("requests"))).hasSize(2);
        });
  }

  static Survivor jvm() {
    JvmSurvivor server = new JvmSurvivor();
    return new Visited(
        server,
        server::port,
        (client, home) -> ask(client, 1, 200),
        (client, home) -> ask(client, 201, 300));
  }

  private static void ask(LineClient client, int first, int last) throws IOException {
    for (int i = first; i <= last; i++) {
      assertThat(client.ask("line")).startsWith("line " + i + " sound ");
    }
  }

  static Survivor redis() {
    RedisSurvivor server = new RedisSurvivor();
    List<String> digests = new ArrayList<>();
    return new Visited(
        server,
        server::port,
        (client, home) -> {
          for (int i = 0; i < 1000; i++) {
            assertThat(client.ask("SET key:" + i + " value-" + i)).isEqualTo("+OK");
          }
          digests.add(client.ask("DEBUG DIGEST"));
        },
        (client, home) -> {
          assertThat(client.ask("DEBUG DIGEST")).isEqualTo(digests.get(0));
          assertThat(client.ask("SET more 1")).isEqualTo("+OK");
          String digest = client.ask("DEBUG DIGEST");
          assertThat(client.ask("DEBUG LOADAOF")).as("what it wrote to disk").isEqualTo("+OK");
          assertThat(client.ask("DEBUG DIGEST")).isEqualTo(digest);
        });
  }

  /** Without memory that processes share, and without locks: DMTCP keeps neither. */
  static Survivor program() {
    NativeSurvivor program = new NativeSurvivor();
    return new Survivor() {
      private long before;

      @Override
      public Launch prepare(Path directory, Home home) throws IOException {
        Launch launch = program.prepare(directory, home);
        List<String> argv = new ArrayList<>(launch.argv());
        argv.add("unshared");
        return new Launch(argv, launch.readOnly());
      }

      @Override
      public void live(Home home) {
        Awaitility.await().atMost(Home.LIMIT).until(() -> NativeSurvivor.steps(home) > 100);
        before = NativeSurvivor.steps(home);
      }

      @Override
      public void prove(Home home) throws IOException {
        Path verdict = home.work().resolve("verdict");
        Awaitility.await()
            .atMost(Home.LIMIT)
            .until(() -> NativeSurvivor.steps(home) > before + 100 || Files.exists(verdict));
        Files.createFile(home.work().resolve("stop"));
        Awaitility.await().atMost(Home.LIMIT).until(() -> Files.exists(verdict));
        assertThat(Files.readString(verdict))
            .isEqualTo("ok %d%n".formatted(NativeSurvivor.steps(home)));
      }
    };
  }

  /** Both ends of an established TCP connection in one instance: {@link ProbeProgram}. */
  static Survivor tcp() {
    return new Survivor() {
      @Override
      public Launch prepare(Path directory, Home home) {
        String classes =
            ProbeProgram.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new Launch(
            List.of(
                java,
                "-Xmx32m",
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                classes,
                ProbeProgram.class.getName(),
                "counter"),
            List.of());
      }

      @Override
      public void live(Home home) {
        Awaitility.await().atMost(Home.LIMIT).until(() -> count(home) > 100);
      }

      @Override
      public void prove(Home home) throws IOException {
        long before = count(home);
        Awaitility.await().atMost(Home.LIMIT).until(() -> count(home) > before + 100);
      }
    };
  }

  private static long count(Home home) {
    try {
      byte[] bytes = Files.readAllBytes(home.work().resolve("counter"));
      return bytes.length < Long.BYTES ? 0 : ByteBuffer.wrap(bytes).getLong();
    } catch (IOException e) {
      // Not there yet.
      return 0;
    }
  }
}
