package io.dormouse.checkpoint.agent.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PieceStreamTest {
  private final Connection connection = new Connection();
  private final Numbers numbers = new Numbers(5);

  @Test
  void nothingIsReadAheadOfWhatTheOtherEndTakes() {
    send();
    assertThat(numbers.read).as("not ready yet").isZero();

    connection.take(2);
    assertThat(connection.sent).containsExactly(1, 2);
    assertThat(numbers.read).isEqualTo(2);

    connection.take(1);
    assertThat(numbers.read).isEqualTo(3);
    assertThat(numbers.closed).isZero();
  }

  @Test
  void theEndIsToldOnce() {
    send();
    connection.take(100);
    connection.take(100);

    assertThat(connection.sent).containsExactly(1, 2, 3, 4, 5);
    assertThat(connection.completed).isOne();
    assertThat(numbers.closed).isOne();
  }

  @Test
  void whoHangsUpIsNotSentMore() {
    send();
    connection.take(2);
    connection.hangUp();
    connection.take(2);

    assertThat(connection.sent).containsExactly(1, 2);
    assertThat(connection.completed).isZero();
    assertThat(numbers.closed).isOne();
  }

  @Test
  void whatCanNotBeReadIsAStatus() {
    numbers.failsAt = 2;
    send();
    connection.take(100);

    assertThat(connection.sent).containsExactly(1, 2);
    assertThat(connection.error)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    assertThat(numbers.closed).isOne();
  }

  private void send() {
    PieceStream.send(connection, numbers, MoreExecutors.directExecutor(), Offers::status);
  }

  private static final class Numbers implements PieceStream.Pieces<Integer> {
    private final int count;
    private int read;
    private int closed;
    private int failsAt = -1;

    Numbers(int count) {
      this.count = count;
    }

    @Override
    public @Nullable Integer next() throws IOException {
      if (read == failsAt) {
        throw new IOException("the disk failed");
      }
      if (read == count) {
        return null;
      }
      read++;
      return read;
    }

    @Override
    public void close() {
      closed++;
    }
  }

  /** Ready for as many messages as it was told. */
  private static final class Connection extends ServerCallStreamObserver<Integer> {
    private final List<Integer> sent = new ArrayList<>();
    private int window;
    private int completed;
    private boolean cancelled;
    private @Nullable Throwable error;
    private Runnable onReady = () -> {};
    private Runnable onCancel = () -> {};

    void take(int more) {
      window = more;
      onReady.run();
    }

    void hangUp() {
      cancelled = true;
      onCancel.run();
    }

    @Override
    public boolean isReady() {
      return window > 0;
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      onReady = handler;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
      onCancel = handler;
    }

    @Override
    public void onNext(Integer value) {
      window--;
      sent.add(value);
    }

    @Override
    public void onCompleted() {
      completed++;
    }

    @Override
    public void onError(Throwable thrown) {
      error = thrown;
    }

    @Override
    public void setCompression(String compression) {
      throw new UnsupportedOperationException("pieces are compressed as they lie");
    }

    @Override
    public void disableAutoInboundFlowControl() {
      throw new UnsupportedOperationException("one message comes in");
    }

    @Override
    public void request(int count) {
      throw new UnsupportedOperationException("one message comes in");
    }

    @Override
    public void setMessageCompression(boolean enable) {
      throw new UnsupportedOperationException("pieces are compressed as they lie");
    }
  }
}
