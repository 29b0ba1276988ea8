package io.dormouse.checkpoint.images.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.blobs.StoreAccessException;
import io.dormouse.checkpoint.images.blobs.StoreAccessException.Kind;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.apache.hadoop.hdfs.protocol.DSQuotaExceededException;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RemoteErrorsTest {
  /** As the NameNode says it. */
  private static final String NO_NODE =
      "File /x could only be written to 0 of the 1 minReplication nodes. There are %d datanode(s) running and %s node(s) are excluded in this operation.";

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of(new ConnectException("refused"), Kind.UNREACHABLE),
        Arguments.of(new SocketTimeoutException("silent"), Kind.UNREACHABLE),
        Arguments.of(new IOException("pipeline", new ConnectException()), Kind.UNREACHABLE),
        Arguments.of(
            new IOException("All datanodes [a, b] are bad. Aborting..."), Kind.UNREACHABLE),
        Arguments.of(
            new EOFException("End of File Exception between local host is: a"), Kind.UNREACHABLE),
        Arguments.of(
            new RemoteException("org.apache.hadoop.ipc.StandbyException", "standby"),
            Kind.UNREACHABLE),
        Arguments.of(
            new RemoteException("x.SafeModeException", "Name node is in safe mode."),
            Kind.UNREACHABLE),
        Arguments.of(
            new RemoteException("java.lang.AssertionError", "java.lang.AssertionError\n\tat x"),
            Kind.UNREACHABLE),
        Arguments.of(new IOException(NO_NODE.formatted(0, "no")), Kind.UNREACHABLE),
        Arguments.of(new IOException(NO_NODE.formatted(2, "2")), Kind.UNREACHABLE),
        Arguments.of(new IOException(NO_NODE.formatted(2, "no")), Kind.FULL),
        Arguments.of(new IOException("No space left on device"), Kind.FULL),
        Arguments.of(new DSQuotaExceededException(1, 2), Kind.FULL),
        Arguments.of(new AccessDeniedException("/x"), Kind.DENIED),
        Arguments.of(
            new RemoteException(AccessControlException.class.getName(), "user=nobody"),
            Kind.DENIED));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void troubleIsSorted(IOException error, Kind kind) {
    assertThat(RemoteErrors.translate(error, "a/b"))
        .isInstanceOfSatisfying(
            StoreAccessException.class, told -> assertThat(told.kind()).isEqualTo(kind))
        .message()
        .isNotBlank()
        .doesNotContain("\n");
  }

  @Test
  void aReasonIsSaidOnce() {
    String said =
        "Writing Object on a/b: software.amazon.awssdk.core.exception.SdkClientException: Unable to"
            + " execute HTTP request: Connect to h:1 failed: Connection refused (SDK Attempt Count:"
            + " 3): software.amazon.awssdk.core.exception.SdkClientException: Unable to";

    assertThat(RemoteErrors.translate(new ConnectException(said), "a/b"))
        .hasMessage(
            "Writing Object on a/b: Unable to execute HTTP request: Connect to h:1 failed:"
                + " Connection refused");
    assertThat(RemoteErrors.translate(new ConnectException("x".repeat(999)), "a/b").getMessage())
        .hasSize(301);
  }

  @Test
  void namesAreTold() {
    assertThat(RemoteErrors.translate(new FileNotFoundException("/x"), "a/b"))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage("a/b");
    assertThat(
            RemoteErrors.translate(
                new org.apache.hadoop.fs.FileAlreadyExistsException("/x"), "a/b"))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessage("a/b");
  }

  @Test
  void whatIsNotKnownStaysAsItIs() {
    IOException odd = new IOException("odd");
    EOFException cut = new EOFException("a/b is cut short");

    assertThat(RemoteErrors.translate(odd, "a")).isSameAs(odd);
    assertThat(RemoteErrors.translate(cut, "a")).isSameAs(cut);
  }
}
