package io.dormouse.checkpoint.engines;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which files of a frozen instance can be evicted, and why others can't.
 *
 * @param data whose they are
 * @param evicted largest first
 * @param kept how many files stay, by verdict; those that are too small to matter are not counted
 */
public record EvictionPlan(
    InstanceData data, List<Candidate> evicted, Map<DataVerdict, Integer> kept) {

  /** A file to be evicted. {@code allocatedBytes}: what it takes on disk. */
  public record Candidate(DataFile file, long allocatedBytes) {}

  /** Copies what it was given. */
  public EvictionPlan {
    evicted = List.copyOf(evicted);
    kept = Map.copyOf(kept);
  }

  /** Files to be evicted. */
  public int files() {
    return evicted.size();
  }

  /** What they take on disk. */
  public long allocatedBytes() {
    return evicted.stream().mapToLong(Candidate::allocatedBytes).sum();
  }

  /** For people: what stays and why, such as {@code 2 mapped into memory}. */
  public String keptInWords() {
    return kept.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(each -> each.getValue() + " " + each.getKey().words())
        .collect(Collectors.joining(", "));
  }

  List<DataFile> evictedFiles() {
    return evicted.stream().map(Candidate::file).toList();
  }
}
