/** The whole control plane under virtual time, with faults, from one seed. */
@NullMarked
package io.dormouse.controller.simulation;

import org.jspecify.annotations.NullMarked;
