package io.dormouse.checkpoint.launcher;

import io.dormouse.checkpoint.agentapi.proto.Started;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Carries bytes between the instance's FIFOs and an endpoint, 8 KiB at a time. While the instance
 * is frozen its FIFOs fill up and the pumps wait.
 *
 * <p>The FIFOs are opened for reading and writing, which never waits for the other side. The
 * instance too holds both ends of them, so an end of the launcher's input can't be passed on; the
 * end of the output is seen once the instance is gone and {@link #finish} has closed the launcher's
 * own write end: so nothing is lost that was written before.
 */
final class Relay {
  private static final int BUFFER_BYTES = 8192;
  private static final long FINISH_MILLIS = 5_000;

  private final Endpoint endpoint;
  private final FileChannel stdin;
  private final FileChannel stdoutKeeper;
  private final InputStream stdout;
  private final StderrTail stderr;
  private final Runnable masterGone;
  private final Thread in;
  private final Thread out;

  /** Set before the endpoint is closed by ourselves, so that its end is no news. */
  private volatile boolean finishing;

  private Relay(
      Endpoint endpoint,
      FileChannel[] stdin,
      InputStream stdout,
      StderrTail stderr,
      Runnable gone) {
    this.endpoint = endpoint;
    this.stdin = stdin[0];
    this.stdoutKeeper = stdin[1];
    this.stdout = stdout;
    this.stderr = stderr;
    this.masterGone = gone;
    this.in = daemon("stdin", this::pumpInput);
    this.out = daemon("stdout", this::pumpOutput);
  }

  /**
   * Opens the FIFOs and begins to pump.
   *
   * @param masterGone called at most twice, on a thread of the relay, when the endpoint is gone
   * @throws IOException if a FIFO can't be opened
   */
  static Relay start(Started started, Endpoint endpoint, boolean skipOldStderr, Runnable masterGone)
      throws IOException {
    FileChannel stdin = openFifo(started.getStdinPath());
    FileChannel keeper = openFifo(started.getStdoutPath());
    InputStream stdout = new FileInputStream(started.getStdoutPath());
    StderrTail stderr = StderrTail.open(Path.of(started.getStderrPath()), skipOldStderr);
    Relay relay =
        new Relay(endpoint, new FileChannel[] {stdin, keeper}, stdout, stderr, masterGone);
    relay.in.start();
    relay.out.start();
    stderr.start();
    return relay;
  }

  /** Passes on what the instance wrote before its end, at most for 5 s, and closes the endpoint. */
  void finish() throws IOException, InterruptedException {
    finishing = true;
    stdoutKeeper.close();
    out.join(FINISH_MILLIS);
    stderr.finish();
    endpoint.closing().close();
    stdout.close();
  }

  private void pumpInput() {
    try {
      copy(endpoint.input(), Channels.newOutputStream(stdin));
    } catch (IOException e) {
      complain("stdin", e);
    }
    endpointGone();
  }

  private void pumpOutput() {
    try {
      copy(stdout, endpoint.output());
    } catch (IOException e) {
      complain("stdout", e);
      endpointGone();
    }
  }

  private void endpointGone() {
    if (endpoint.endsInstance() && !finishing) {
      masterGone.run();
    }
  }

  private void complain(String stream, IOException error) {
    if (!finishing) {
      System.err.println("dormouse: the relay of " + stream + " broke: " + error.getMessage());
    }
  }

  private static void copy(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      to.write(buffer, 0, count);
      to.flush();
    }
  }

  private static FileChannel openFifo(String path) throws IOException {
    return FileChannel.open(Path.of(path), StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
