package io.dormouse.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Runs commands in this JVM and keeps what the last one said. */
public final class CliRunner {
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  /** Runs a command; its exit code. */
  public int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    return Dormouse.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  /** What it said on stdout. */
  public String out() {
    return out.toString();
  }

  /** What it said on stderr. */
  public String err() {
    return err.toString();
  }

  /** What it said on stdout, which must be one JSON document. */
  public JsonNode json() {
    try {
      ObjectMapper mapper = new ObjectMapper();
      mapper.enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
      return mapper.readTree(out.toString());
    } catch (IOException malformed) {
      throw new AssertionError("Not one JSON document: " + out, malformed);
    }
  }
}
