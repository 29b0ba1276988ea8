/**
 * Who an agent or controller is, as its certificate says, and mutual TLS between them. Making
 * certificates is in {@code authority}.
 */
@NullMarked
package io.dormouse.checkpoint.pki;

import org.jspecify.annotations.NullMarked;
