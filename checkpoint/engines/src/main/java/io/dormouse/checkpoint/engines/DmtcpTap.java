package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.DmtcpAreas.Sizes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Gets the image of one process while that process writes it. The process writes to a FIFO, so that
 * it can't be done before somebody has read it all, and never meets a full disk: DMTCP ends
 * programs that do. A child with the owner's rights reads it, as the directory is the owner's; it
 * goes on reading should nobody listen, as a broken FIFO would end the program too.
 */
final class DmtcpTap implements AutoCloseable {
  private static final String SCRIPT =
      """
      trap '' PIPE
      exec 2>/dev/null
      if [ -p "$1" ]; then
        exec 3<>"$1"
        cat <&3
        exec timeout 600 cat <&3 >/dev/null
      fi
      exec tail -c +1 -f "$1"
      """;

  private final String imageName;
  private final Process reader;

  private DmtcpTap(String imageName, Process reader) {
    this.imageName = imageName;
    this.reader = reader;
  }

  /**
   * Begins to read.
   *
   * @param written where the process writes it: a FIFO, or a file that grows
   */
  static Outcome<DmtcpTap> open(InstanceSpec owner, String imageName, Path written) {
    List<String> argv =
        OwnerRights.tool(owner, List.of("/bin/sh", "-c", SCRIPT, "sh", written.toString()));
    try {
      Process reader =
          new ProcessBuilder(argv)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return Outcome.ok(new DmtcpTap(imageName, reader));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("read the image " + written, e));
    }
  }

  String imageName() {
    return imageName;
  }

  /** Whether the process has begun to write: then it has passed all that comes before. */
  boolean hasBegun() {
    try {
      return reader.getInputStream().available() > 0;
    } catch (IOException e) {
      // Its reader has ended, which who reads next will see.
      return false;
    }
  }

  /** Reads all of it, cut by areas. A reader that is {@link #abandon}ed ends that. */
  Outcome<Sizes> read(Path heads, Path pages) {
    try (OutputStream headsOut = create(heads);
        OutputStream pagesOut = create(pages)) {
      return Outcome.ok(new DmtcpAreas().cut(reader.getInputStream(), headsOut, pagesOut));
    } catch (DmtcpAreas.BadAreasException e) {
      return Outcome.failed(
          new EngineFailure.Unsupported(
              "Taking the image %s of DMTCP (%s)".formatted(imageName, e.getMessage()),
              "this DMTCP writes another format: use 4.2."));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("take the image " + imageName, e));
    }
  }

  private static OutputStream create(Path file) throws IOException {
    return new BufferedOutputStream(
        Files.newOutputStream(Files.createFile(file, Private.FILE)), 1 << 18);
  }

  /** Ends a {@link #read} of another thread; the process can write on to its end. */
  void stop() {
    reader.descendants().forEach(ProcessHandle::destroyForcibly);
    reader.toHandle().children().forEach(ProcessHandle::destroyForcibly);
  }

  /** Listens no more; the process can write on to its end. */
  void abandon() {
    try {
      reader.getInputStream().close();
    } catch (IOException e) {
      EngineErrors.warn(
          "An image is not read to its end", EngineErrors.io("leave " + imageName, e));
    }
  }

  /** Ends the reader; only once the process has written all, or is gone. */
  @Override
  public void close() {
    RunningTool.killWithDescendants(reader.toHandle());
    abandon();
  }
}
