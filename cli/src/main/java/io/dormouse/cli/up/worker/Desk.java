package io.dormouse.cli.up.worker;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Answers one line after the other. A task that comes again is answered again, with the counter as
 * it is now, and not run again. Not thread-safe.
 */
final class Desk {
  private static final int REMEMBERED_TASKS_MAX = 4096;
  private static final int LOOKUPS_PER_TASK = 20_000;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:/-]{1,200}");

  private final DataSet data;
  private final Journal journal;
  private final Map<String, Long> results =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > REMEMBERED_TASKS_MAX;
        }
      };
  private long counter;

  Desk(DataSet data, Journal journal) {
    this.data = data;
    this.journal = journal;
  }

  String ready() {
    return "READY %016x %d".formatted(data.checksum(), counter);
  }

  String answer(String line) throws IOException {
    String[] words = line.split(" ", -1);
    for (String word : words) {
      if (!NAME.matcher(word).matches()) {
        return "ERROR expected words of 1 to 200 letters, digits and . _ : - / with one blank between";
      }
    }
    if (words.length == 3 && words[0].equals("TASK")) {
      return task(words[1], words[2]);
    }
    if (words.length == 2 && words[0].equals("PROVE")) {
      return prove(words[1]);
    }
    return "ERROR expected TASK <id> <argument> or PROVE <nonce>";
  }

  private String task(String id, String argument) throws IOException {
    Long known = results.get(id);
    if (known != null) {
      return done(id, known) + " duplicate";
    }
    long result = data.lookUp(SplitMix.seedOf(argument), LOOKUPS_PER_TASK);
    journal.append(counter + 1, id);
    counter++;
    results.put(id, result);
    return done(id, result);
  }

  private String done(String id, long result) {
    return "DONE %s %d %016x".formatted(id, counter, result);
  }

  private String prove(String nonce) throws IOException {
    Journal.Proof file = journal.proof();
    return "PROOF %s %d %016x %d %08x"
        .formatted(nonce, counter, data.checksum(), file.lines(), file.crc32());
  }
}
