package io.dormouse.checkpoint.engines;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The other end of an instance's standard streams. */
final class Conversation implements Closeable {
  private final FileOutputStream in;
  private final BufferedReader out;

  Conversation(InstanceState state) throws IOException {
    this.in = new FileOutputStream(state.stdio().stdin().toFile());
    this.out =
        new BufferedReader(
            new InputStreamReader(
                new FileInputStream(state.stdio().stdout().toFile()), StandardCharsets.UTF_8));
  }

  void say(String line) throws IOException {
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  String hear() throws IOException {
    return out.readLine();
  }

  String ask(String line) throws IOException {
    say(line);
    return hear();
  }

  @Override
  public void close() throws IOException {
    in.close();
    out.close();
  }
}
