package io.dormouse.cli.up.run;

import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Lets one {@code up} per user run at a time; the kernel drops the lock with the process. */
public final class UpLock implements AutoCloseable {
  private final FileChannel channel;

  private UpLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @param folder the user's own
   * @throws CommandFailure when another {@code up} holds it, or the folder can't be made
   */
  public static UpLock take(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (IOException denied) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The folder %s can't be made: %s".formatted(folder, denied),
          "Maybe set XDG_CACHE_HOME to a folder that this user may write to.",
          denied);
    }
    Path file = folder.resolve("up.lock");
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (!tryLock(channel)) {
      String holder = read(channel);
      channel.close();
      throw new CommandFailure(
          ExitCode.FAILED,
          "Another `dormouse up` of this user is running (process %s).".formatted(holder),
          "Maybe wait for its end, or end it with Ctrl-C or: kill " + holder);
    }
    return new UpLock(channel);
  }

  /** Writes down who holds it, for those who come later. */
  public void sign() throws IOException {
    channel.truncate(0);
    channel.write(
        ByteBuffer.wrap(
            Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      @Nullable Object lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException sameProcess) {
      return false;
    }
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(20);
    channel.read(bytes, 0);
    String pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
    return pid.isEmpty() ? "unknown" : pid;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
