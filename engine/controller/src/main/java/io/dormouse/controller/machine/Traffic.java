package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableList;

/** What leads requests to services. No method blocks. */
public interface Traffic {
  /** For a cell without services. */
  Traffic NONE =
      new Traffic() {
        @Override
        public ImmutableList<Service> services() {
          return ImmutableList.of();
        }

        @Override
        public void direct(ImmutableList<Placement> placements) {}

        @Override
        public void stop() {}
      };

  /** The cell's services. */
  ImmutableList<Service> services();

  /**
   * Has requests go there from now on, until it is told otherwise: the leader says so, after it is
   * durable that it leads and that they are there.
   *
   * @param placements of all services whose place is known
   */
  void direct(ImmutableList<Placement> placements);

  /** This controller leads no longer: changes nothing any more. */
  void stop();
}
