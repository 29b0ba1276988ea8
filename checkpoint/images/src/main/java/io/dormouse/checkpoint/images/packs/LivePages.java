package io.dormouse.checkpoint.images.packs;

import java.io.IOException;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Files of an image that were not written, as their bytes can be read where they are: in the memory
 * of processes that stand still.
 *
 * @param files by their paths relative to the image
 * @param unchanged whether the processes have stood still until now
 */
public record LivePages(Map<String, Opener> files, BooleanSupplier unchanged) {
  /** All files were written. */
  public static final LivePages NONE = new LivePages(Map.of(), () -> true);

  /** Opens one of the files. */
  public interface Opener {
    PageSource open() throws IOException;
  }

  /** Copies the map. */
  public LivePages {
    files = Map.copyOf(files);
  }
}
