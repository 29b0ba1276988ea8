package io.dormouse.cli.up.run;

import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets one {@code up} per machine run at a time, whoever starts it: two would meet in ports and
 * cgroups. The kernel drops the lock with the process.
 */
public final class UpLock implements AutoCloseable {
  private static final String FILE = "dormouse-up.lock";
  private static final int PID_BYTES_MAX = 20;
  private static final Pattern PID = Pattern.compile("[0-9]{1,10}");

  private final FileChannel channel;

  private UpLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @param folder the same for all users, who may all write to it
   * @throws CommandFailure when another {@code up} holds it, or its file can't be used
   */
  public static UpLock take(Path folder) throws IOException {
    FileChannel channel = open(folder.resolve(FILE));
    if (!tryLock(channel)) {
      Optional<Long> holder = read(channel);
      channel.close();
      throw new CommandFailure(
          ExitCode.FAILED,
          "Another `dormouse up` is running on this machine%s."
              .formatted(
                  holder.map(pid -> " (process %d%s)".formatted(pid, userOf(pid))).orElse("")),
          "Maybe wait for its end, or end it with Ctrl-C"
              + holder.map(pid -> " or: kill " + pid).orElse("."));
    }
    return new UpLock(channel);
  }

  /** In a folder that all may write to, a link could lead anywhere: none is followed. */
  private static FileChannel open(Path file) throws IOException {
    try {
      makeFor(file);
      if (!Integer.valueOf(1)
          .equals(Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS))) {
        throw new IOException("it has another name, and may be any file");
      }
      return FileChannel.open(
          file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException denied) {
      throw unusable(file, denied);
    }
  }

  private static void makeFor(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.createFile(file);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    } catch (FileAlreadyExistsException another) {
      // then that one's is the file
      return;
    }
  }

  private static CommandFailure unusable(Path file, IOException cause) {
    return new CommandFailure(
        ExitCode.FAILED,
        "The lock %s can't be used: %s.".formatted(file, cause),
        "Maybe another user made it unreadable: remove it while no `dormouse up` runs.",
        cause);
  }

  private static String userOf(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().user())
        .map(user -> " of user " + user)
        .orElse("");
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

  /** Anybody may have written anything. */
  private static Optional<Long> read(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(PID_BYTES_MAX);
    channel.read(bytes, 0);
    String pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
    return PID.matcher(pid).matches() ? Optional.of(Long.valueOf(pid)) : Optional.empty();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
