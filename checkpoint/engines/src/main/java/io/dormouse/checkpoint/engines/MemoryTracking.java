package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.images.Trees;
import io.dormouse.checkpoint.images.packs.InheritedPages;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What tracking has to do with one dump: leaves out what did not change since the last image if
 * that is known for sure, and clears the kernel's marks for the next. Where anything is in doubt,
 * everything is dumped.
 */
final class MemoryTracking {
  private final boolean tracks;
  private final TrackedMemory memory;
  private final DumpOptions options;
  private Optional<TrackedMemory> base = Optional.empty();

  MemoryTracking(boolean tracks, InstanceFiles files, DumpOptions options) {
    this.tracks = tracks;
    this.memory = new TrackedMemory(files.tracked());
    this.options = options;
  }

  /** All processes stand still. What the marks said until now is used this once. */
  Outcome<Done> begin() {
    if (!tracks) {
      return Outcome.ok(new Done(Duration.ZERO));
    }
    try {
      TrackedMemory last = memory.take();
      if (options.inherits() && last.isIntact()) {
        base = Optional.of(last);
      } else {
        last.delete();
      }
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("track memory", e));
    }
  }

  /** Whether the dump leaves pages out. */
  boolean inherits() {
    return base.isPresent();
  }

  /** For CRIU. */
  String configuration() {
    return !tracks
        ? ""
        : base.map(last -> "track-mem\nprev-images-dir \"%s\"\n".formatted(last.directory()))
            .orElse("track-mem\n");
  }

  /** Everything is dumped, into the same directory. */
  Outcome<Done> giveUp(Path criuFiles) {
    try {
      Trees.delete(criuFiles);
      endBase();
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("dump everything", e));
    }
  }

  private void endBase() throws IOException {
    if (base.isPresent()) {
      base.get().delete();
      base = Optional.empty();
    }
  }

  /** Which pages were left out; the processes stand still and their marks are cleared. */
  Outcome<InheritedPages> finish(Path criuFiles, List<Long> pids) {
    if (!tracks) {
      return Outcome.ok(InheritedPages.NONE);
    }
    InheritedPages inherited;
    try {
      inherited = base.isPresent() ? base.get().complete(criuFiles) : InheritedPages.NONE;
      endBase();
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("complete what was dumped", e));
    }
    if (options.after() != After.STOP) {
      try {
        memory.begin(criuFiles, pids);
      } catch (IOException e) {
        EngineErrors.warn("Memory is not tracked", EngineErrors.io("track processes", e));
      }
    }
    return Outcome.ok(inherited);
  }
}
