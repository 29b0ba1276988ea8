/** Sends the traffic of services to where their instances run. */
@org.jspecify.annotations.NullMarked
package io.dormouse.controller.traffic;
