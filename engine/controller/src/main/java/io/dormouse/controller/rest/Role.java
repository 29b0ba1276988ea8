package io.dormouse.controller.rest;

import io.javalin.security.RouteRole;

/** Who may use a route. */
enum Role implements RouteRole {
  /** Whoever reaches the port. */
  ANYONE,
  /** Whoever may read. */
  VIEWER,
  /** Whoever may steer. */
  OPERATOR
}
