/** A private certificate authority in a folder. */
@NullMarked
package io.dormouse.checkpoint.pki.authority;

import org.jspecify.annotations.NullMarked;
