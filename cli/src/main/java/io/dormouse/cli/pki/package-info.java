/** {@code dormouse pki}: certificates. */
@NullMarked
package io.dormouse.cli.pki;

import org.jspecify.annotations.NullMarked;
