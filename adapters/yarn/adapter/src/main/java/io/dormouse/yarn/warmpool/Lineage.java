package io.dormouse.yarn.warmpool;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a worker's state from its own words, to be held against what it says after a
 * wake.
 *
 * @param datasetChecksum of its data set, as of READY
 * @param counter tasks it has run, as of its last word
 * @param lastProof its last proof
 */
record Lineage(String datasetChecksum, long counter, WorkerLine.@Nullable Proof lastProof) {
  Lineage withCounter(long newer) {
    return new Lineage(datasetChecksum, newer, lastProof);
  }

  Lineage withProof(WorkerLine.Proof proof) {
    return new Lineage(datasetChecksum, counter, proof);
  }

  /** What in a proof differs from what is known; empty when all agrees. */
  Optional<String> mismatch(WorkerLine.Proof proof) {
    if (!proof.datasetChecksum().equals(datasetChecksum)) {
      return differs("data set's checksum", datasetChecksum, proof.datasetChecksum());
    }
    if (proof.counter() != counter) {
      return differs("counter", counter, proof.counter());
    }
    if (proof.fileLines() != counter) {
      return differs("number of lines in the file", counter, proof.fileLines());
    }
    WorkerLine.Proof last = lastProof;
    if (last == null || last.counter() != counter) {
      return Optional.empty();
    }
    return proof.fileChecksum().equals(last.fileChecksum())
        ? Optional.empty()
        : differs("file's checksum", last.fileChecksum(), proof.fileChecksum());
  }

  private static Optional<String> differs(String what, Object expected, Object actual) {
    return Optional.of("The %s should be (%s) but is (%s).".formatted(what, expected, actual));
  }
}
