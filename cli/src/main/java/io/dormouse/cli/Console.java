package io.dormouse.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command speaks: results on stdout, as text or as one JSON document; all else on stderr.
 * Thread-safe.
 */
public final class Console {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;

  /** Speaks through the given writers. */
  public Console(PrintWriter out, PrintWriter err, boolean json) {
    this.out = out;
    this.err = err;
    this.json = json;
  }

  /** Prints a part of the result as text; nothing where JSON was asked for. */
  public synchronized void text(String text) {
    if (!json) {
      out.println(text);
      out.flush();
    }
  }

  /** Prints the result as JSON; nothing where text was asked for. Once per command. */
  public synchronized void json(JsonNode document) {
    if (json) {
      try {
        out.println(JSON.writeValueAsString(document));
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException("A tree can always be written.", impossible);
      }
      out.flush();
    }
  }

  /** Whether the result is to be JSON. */
  public boolean isJson() {
    return json;
  }

  /** Says something beside the result. */
  public synchronized void note(String text) {
    err.println(text);
    err.flush();
  }

  /** Writes raw characters beside the result: for what redraws itself on a terminal. */
  public synchronized void raw(String characters) {
    err.print(characters);
    err.flush();
  }

  /** Whether stderr is a terminal, so that redrawing makes sense. */
  public static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException noProc) {
      return false;
    }
  }
}
