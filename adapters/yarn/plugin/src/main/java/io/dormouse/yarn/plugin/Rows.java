package io.dormouse.yarn.plugin;

import java.util.ArrayList;
import java.util.List;

/** Collects the rows of one view up to a maximum. Not thread-safe. */
final class Rows {
  final List<ClusterView.NodeRow> nodes = new ArrayList<>();
  final List<ClusterView.AppRow> apps = new ArrayList<>();
  final List<String> containers = new ArrayList<>();
  boolean truncated;
  private int free;

  Rows(int rowsMax) {
    free = rowsMax;
  }

  void add(ClusterView.NodeRow row) {
    addBounded(nodes, row);
  }

  void add(ClusterView.AppRow row) {
    addBounded(apps, row);
  }

  /** A container that lives, by its id. */
  void add(String container) {
    addBounded(containers, container);
  }

  private <T> void addBounded(List<T> rows, T row) {
    if (free == 0) {
      truncated = true;
      return;
    }
    free--;
    rows.add(row);
  }
}
