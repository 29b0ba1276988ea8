package io.dormouse.checkpoint.agent;

import com.google.protobuf.ByteString;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The results of the last 1,000 requests, so that the same request id again does nothing twice.
 * Those that change more than a freeze are kept over a restart. Thread-safe.
 */
final class RequestLog {
  private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);
  private static final int REMEMBERED = 1_000;
  private static final int LINES_MAX = 4 * REMEMBERED;

  private final Path file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private int lines;

  /** {@code command}: what was asked, without who asked. */
  private record Entry(ByteString command, CompletableFuture<AgentResult> result) {}

  RequestLog(Path file) throws IOException {
    this.file = file;
    try (Stream<String> read = Files.lines(file)) {
      read.limit(2L * LINES_MAX).forEach(this::load);
    } catch (NoSuchFileException e) {
      LOG.debug("There are no requests of an earlier agent.");
    }
    trim();
    compact();
  }

  /** The result of this request: of the first time, or {@code action}'s. */
  CompletableFuture<AgentResult> once(
      AgentCommand command, Supplier<CompletableFuture<AgentResult>> action) {
    String id = command.getRequestId();
    ByteString what = essence(command);
    CompletableFuture<AgentResult> result = new CompletableFuture<>();
    Entry earlier = begin(id, new Entry(what, result));
    if (earlier != null) {
      return earlier.command.equals(what)
          ? earlier.result.thenCompose(
              value ->
                  value.getFailure().getCode() == FailureCode.STALE_EPOCH
                      ? once(command, action)
                      : CompletableFuture.completedFuture(value))
          : CompletableFuture.completedFuture(reused(id));
    }
    var unused = action.get().whenComplete((value, error) -> finish(command, result, value, error));
    return result;
  }

  private synchronized @Nullable Entry begin(String id, Entry entry) {
    Entry earlier = entries.putIfAbsent(id, entry);
    trim();
    return earlier;
  }

  private void finish(
      AgentCommand command,
      CompletableFuture<AgentResult> result,
      @Nullable AgentResult value,
      @Nullable Throwable error) {
    if (value == null) {
      LOG.error("The request {} failed unexpectedly.", command.getRequestId(), error);
      value = Results.failed(FailureCode.INTERNAL, "The agent failed: " + error);
    }
    if (neverBegan(value)) {
      forget(command.getRequestId());
    } else if (isKept(command)) {
      append(line(command.getRequestId(), essence(command), value));
    }
    result.complete(value);
  }

  private synchronized void forget(String id) {
    entries.remove(id);
  }

  private synchronized void append(String line) {
    try {
      if (++lines > LINES_MAX) {
        compact();
      }
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      // The act is done; only its answer would be lost by a restart right now.
      LOG.warn("A result can't be written to {}.", file, e);
    }
  }

  private void compact() throws IOException {
    List<String> kept = new ArrayList<>();
    entries.forEach(
        (id, entry) -> {
          AgentResult result = entry.result.getNow(null);
          if (result != null) {
            kept.add(line(id, entry.command, result));
          }
        });
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (BufferedWriter out = Files.newBufferedWriter(next)) {
      for (String line : kept) {
        out.write(line);
        out.write('\n');
      }
    }
    Files.move(next, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    lines = kept.size();
  }

  private void load(String line) {
    String[] parts = line.split(" ", -1);
    try {
      ByteString command = ByteString.copyFrom(Base64.getDecoder().decode(parts[1]));
      AgentResult result = AgentResult.parseFrom(Base64.getDecoder().decode(parts[2]));
      String id =
          new String(Base64.getDecoder().decode(parts[0]), java.nio.charset.StandardCharsets.UTF_8);
      entries.put(id, new Entry(command, CompletableFuture.completedFuture(result)));
    } catch (IOException | RuntimeException e) {
      // The last line of an agent that was killed while it wrote; that request had no answer.
      LOG.warn("A line of {} can't be read and is left out: {}", file, e.toString());
    }
  }

  private void trim() {
    var oldest = entries.entrySet().iterator();
    while (entries.size() > REMEMBERED && oldest.hasNext()) {
      if (oldest.next().getValue().result.isDone()) {
        oldest.remove();
      }
    }
  }

  private static String line(String id, ByteString command, AgentResult result) {
    Base64.Encoder base64 = Base64.getEncoder();
    return base64.encodeToString(id.getBytes(java.nio.charset.StandardCharsets.UTF_8))
        + " "
        + base64.encodeToString(command.toByteArray())
        + " "
        + base64.encodeToString(result.toByteArray());
  }

  private static ByteString essence(AgentCommand command) {
    return command.toBuilder()
        .clearEpoch()
        .clearRequestId()
        .clearTimeoutMillis()
        .build()
        .toByteString();
  }

  private static boolean isKept(AgentCommand command) {
    return switch (command.getCommandCase()) {
      case DUMP,
          RESTORE_FROZEN,
          RELEASE,
          DISCARD_IMAGE,
          TERMINATE,
          HAND_OVER_IMAGE,
          TAKE_BACK_IMAGE ->
          true;
      default -> false;
    };
  }

  private static boolean neverBegan(AgentResult result) {
    FailureCode code = result.getFailure().getCode();
    return code == FailureCode.STALE_EPOCH || code == FailureCode.TIMED_OUT;
  }

  private static AgentResult reused(String id) {
    return Results.failed(
        FailureCode.INVALID_REQUEST,
        String.format(
            "The request_id (%s) was used for another command.%n"
                + "Maybe two intents share an id; each command needs its own.",
            id));
  }
}
