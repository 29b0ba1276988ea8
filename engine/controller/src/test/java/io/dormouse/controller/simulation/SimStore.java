package io.dormouse.controller.simulation;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The image store that all agents share. */
final class SimStore {
  private final Map<String, Image> images = new TreeMap<>();

  /** An image, with who claimed it. */
  static final class Image {
    final String instance;
    final String generation;
    final long counter;
    final boolean corrupt;

    /** Of an instance that ran on: to wake it would be to go back in time. */
    final boolean draft;

    Optional<String> claimant = Optional.empty();

    private Image(
        String instance, String generation, long counter, boolean corrupt, boolean draft) {
      this.instance = instance;
      this.generation = generation;
      this.counter = counter;
      this.corrupt = corrupt;
      this.draft = draft;
    }

    static Image of(String instance, String generation, long counter, boolean corrupt) {
      return new Image(instance, generation, counter, corrupt, false);
    }

    static Image draft(String instance, String generation, long counter) {
      return new Image(instance, generation, counter, false, true);
    }
  }

  void publish(Image image) {
    images.put(image.generation, image);
  }

  Optional<Image> find(String generation) {
    return Optional.ofNullable(images.get(generation));
  }

  void delete(String generation) {
    images.remove(generation);
  }

  Collection<Image> all() {
    return images.values();
  }
}
