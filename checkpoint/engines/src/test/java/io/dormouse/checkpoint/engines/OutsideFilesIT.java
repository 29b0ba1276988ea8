package io.dormouse.checkpoint.engines;

import static io.dormouse.checkpoint.engines.TestTools.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A capsule that was handed a file of the host, which is in no layer. */
@Timeout(60)
class OutsideFilesIT {
  private static final String TAKE =
      """
      import array, os, socket, time
      server = socket.socket(socket.AF_UNIX)
      server.bind("place")
      server.listen()
      client, _ = server.accept()
      _, control, _, _ = client.recvmsg(1, 64)
      given = array.array("i", control[0][2])[0]
      client.close()
      server.close()
      open("taken", "w").close()
      while not os.path.exists("close"):
        os.write(given, b"x")
        time.sleep(0.01)
      os.close(given)
      open("closed", "w").close()
      while True:
        time.sleep(0.01)
      """;
  private static final String GIVE =
      """
      import array, socket, sys
      client = socket.socket(socket.AF_UNIX)
      client.connect(sys.argv[1])
      with open(sys.argv[2], "w") as file:
        client.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file.fileno()]))])
      """;

  @TempDir Path directory;

  @Test
  void fileOutsideOfTheLayerIsNamedAndTheCapsuleGoesOn() throws IOException {
    InstanceFiles.createPassable(directory);
    Path outside = directory.resolve("outside");
    Path image = Files.createDirectory(directory.resolve("image"));
    try (CapsuleHome home = new CapsuleHome(TestTools.toolchain(), directory)) {
      List<Path> readOnly = new ArrayList<>();
      List<String> python = TestPrograms.python(readOnly);
      List<String> argv = new ArrayList<>(python);
      argv.addAll(List.of("-c", TAKE));
      home.start(argv, readOnly);
      Path place = home.work().resolve("place");
      Awaitility.await().atMost(Home.LIMIT).until(() -> Files.exists(place));
      give(python, place, outside);
      Awaitility.await().atMost(Home.LIMIT).until(() -> Files.size(outside) > 10);

      assertThat(home.engine().dump(home.id(), image, DumpOptions.of(After.STOP)))
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              f ->
                  assertThat(f.failure())
                      .isInstanceOfSatisfying(
                          EngineFailure.Unsupported.class,
                          u -> assertThat(u.message()).contains(outside.toString(), "\nMaybe")));
      assertThat(image).isEmptyDirectory();
      assertThat(TestTools.found(home.engine(), home.id()).status()).isEqualTo(Status.RUNNING);

      Files.createFile(home.work().resolve("close"));
      Awaitility.await()
          .atMost(Home.LIMIT)
          .until(() -> Files.exists(home.work().resolve("closed")));
      home.hibernate(image);
      home.wake(image);
    }
  }

  private void give(List<String> python, Path place, Path file) {
    List<String> argv = new ArrayList<>(python);
    argv.addAll(List.of("-c", GIVE, place.toString(), file.toString()));
    ToolRunner.Call call = new ToolRunner.Call("python", argv, Map.of(), directory);
    ToolRunner.Result given = ok(ToolRunner.run(call, Home.LIMIT));
    assertThat(given.exitStatus()).as(given.output()).isZero();
  }
}
