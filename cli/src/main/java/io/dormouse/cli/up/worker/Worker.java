package io.dormouse.cli.up.worker;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A warm worker. Started as {@code Worker <class> [<rows>]}; works in its current directory; speaks
 * lines on standard input and output:
 *
 * <pre>
 *                        READY &lt;data checksum&gt; &lt;counter&gt;               once, when loaded
 * TASK &lt;id&gt; &lt;argument&gt;   DONE &lt;id&gt; &lt;counter&gt; &lt;result&gt; [duplicate]
 * PROVE &lt;nonce&gt;          PROOF &lt;nonce&gt; &lt;counter&gt; &lt;data checksum&gt; &lt;journal lines&gt; &lt;journal CRC-32&gt;
 * anything else          ERROR &lt;text&gt;
 * </pre>
 *
 * Checksums and results are hexadecimal, counts decimal. Before {@code DONE} of a new task the line
 * {@code <counter> <id>} is appended to the file {@code journal}. Exit code: 0 at the end of the
 * input, 2 for bad arguments, 1 when the journal fails.
 */
public final class Worker {
  /** Rows of the standard data set: at least 300 MiB with its indexes and the virtual machine. */
  static final int ROWS = 2_100_000;

  private Worker() {}

  /** Loads, then serves until the end of its input. */
  public static void main(String[] arguments) {
    if (arguments.length < 1
        || arguments.length > 2
        || (arguments.length == 2 && !arguments[1].matches("[1-9][0-9]{0,7}"))) {
      System.err.println("usage: Worker <class> [<rows>]");
      System.exit(2);
    }
    int rows = arguments.length == 2 ? Integer.parseInt(arguments[1]) : ROWS;
    try {
      serve(arguments[0], rows, System.in, System.out, Path.of("journal"));
    } catch (IOException failure) {
      System.err.println("The worker can't go on: " + failure);
      System.exit(1);
    }
  }

  static void serve(String name, int rows, InputStream in, PrintStream output, Path file)
      throws IOException {
    PrintStream out = new PrintStream(output, false, StandardCharsets.US_ASCII);
    DataSet data = DataSet.build(name, rows);
    try (Journal journal = Journal.open(file)) {
      Desk desk = new Desk(data, journal);
      say(out, desk.ready());
      Lines lines = new Lines(new BufferedInputStream(in, 4096));
      for (String line = lines.next(); line != null; line = lines.next()) {
        say(out, line.equals(Lines.TOO_LONG) ? "ERROR line too long" : desk.answer(line));
      }
    }
  }

  private static void say(PrintStream out, String line) {
    out.print(line + "\n");
    out.flush();
  }
}
