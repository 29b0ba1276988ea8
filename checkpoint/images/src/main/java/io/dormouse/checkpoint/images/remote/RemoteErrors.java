package io.dormouse.checkpoint.images.remote;

import io.dormouse.checkpoint.images.blobs.StoreAccessException;
import io.dormouse.checkpoint.images.blobs.StoreAccessException.Kind;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.s3a.AWSClientIOException;
import org.apache.hadoop.fs.s3a.AWSNoResponseException;
import org.apache.hadoop.fs.s3a.AWSServiceThrottledException;
import org.apache.hadoop.fs.s3a.AWSStatus500Exception;
import org.apache.hadoop.fs.s3a.UnknownStoreException;
import org.apache.hadoop.hdfs.protocol.QuotaExceededException;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.security.AccessControlException;

/** Hadoop's exceptions as the platform's own. */
final class RemoteErrors {
  private static final int REASON_CHARS_MAX = 300;
  private static final Pattern EXCEPTION_NAME =
      Pattern.compile("(?:[a-z][a-z0-9]*\\.)+[A-Z]\\w*Exception: ");

  private RemoteErrors() {}

  /** The same trouble, as {@code Blobs} says it. */
  static IOException translate(IOException error, String name) {
    IOException told =
        error instanceof RemoteException remote ? remote.unwrapRemoteException() : error;
    if (told instanceof StoreAccessException || told instanceof NoSuchFileException) {
      return told;
    }
    // A missing bucket is no missing blob.
    if (told instanceof UnknownStoreException) {
      return access(Kind.UNREACHABLE, "there is no such bucket", told);
    }
    if (told instanceof FileNotFoundException) {
      return caused(new NoSuchFileException(name), told);
    }
    if (told instanceof org.apache.hadoop.fs.FileAlreadyExistsException) {
      return caused(new FileAlreadyExistsException(name), told);
    }
    if (told instanceof AccessDeniedException || told instanceof AccessControlException) {
      return access(Kind.DENIED, line(told), told);
    }
    if (told instanceof QuotaExceededException || isFull(told)) {
      return access(Kind.FULL, line(told), told);
    }
    return isSilence(told) ? access(Kind.UNREACHABLE, line(told), told) : told;
  }

  private static boolean isFull(IOException error) {
    String message = String.valueOf(error.getMessage());
    return message.contains("No space left")
        || (isWrittenNowhere(message) && !isWithoutDataNode(message));
  }

  private static boolean isWrittenNowhere(String message) {
    return message.contains("could only be written to 0 of");
  }

  /** The NameNode says the same where all are full, but then the client has not lost any. */
  private static boolean isWithoutDataNode(String message) {
    return isWrittenNowhere(message)
        && (message.contains("There are 0 datanode(s) running")
            || !message.contains("no node(s) are excluded"));
  }

  /** Looks at causes too: a stream that lost its server says so only there. */
  private static boolean isSilence(Throwable error) {
    Throwable cause = error;
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (cause instanceof ConnectException
          || cause instanceof SocketTimeoutException
          || cause instanceof NoRouteToHostException
          || cause instanceof UnknownHostException
          || cause instanceof SocketException
          || cause instanceof AWSClientIOException
          || cause instanceof AWSNoResponseException
          || cause instanceof AWSServiceThrottledException
          || cause instanceof AWSStatus500Exception
          || cause instanceof StandbyException
          || cause instanceof RetriableException
          || isServersFault(cause)
          || isLostStream(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  /** What a server says that is about to end, or broken: its own error, and none of ours. */
  private static boolean isServersFault(Throwable cause) {
    return cause instanceof RemoteException remote
        && remote.getClassName().startsWith("java.lang.");
  }

  /** An end of file that is none of a blob's, but of a connection. */
  private static boolean isLostStream(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    return (cause instanceof EOFException && message.contains("End of File Exception between"))
        || message.contains("All datanodes")
        || message.contains("are bad. Aborting")
        || message.contains("Name node is in safe mode")
        || isWithoutDataNode(message);
  }

  private static IOException access(Kind kind, String reason, IOException cause) {
    return new StoreAccessException(kind, reason, cause);
  }

  private static IOException caused(IOException told, IOException cause) {
    return (IOException) told.initCause(cause);
  }

  /** Without what the client says twice. */
  private static String line(IOException error) {
    String message = String.valueOf(error.getMessage());
    String first = message.lines().findFirst().orElse(error.getClass().getSimpleName());
    String plain = EXCEPTION_NAME.matcher(first).replaceAll("");
    int repeated = plain.indexOf(" (SDK Attempt Count");
    String once = repeated < 0 ? plain : plain.substring(0, repeated);
    return once.length() > REASON_CHARS_MAX ? once.substring(0, REASON_CHARS_MAX) + "…" : once;
  }
}
