/**
 * The worker that {@code up} deploys: a program that is dear to start and cheap to keep. Uses the
 * JDK alone and knows nothing of Dormouse, as any other program that is hibernated.
 */
@NullMarked
package io.dormouse.cli.up.worker;

import org.jspecify.annotations.NullMarked;
