/**
 * The application that keeps warm workers on YARN: {@link io.dormouse.yarn.warmpool.WarmPool} holds
 * all of its logic and knows neither Hadoop nor sockets.
 */
@NullMarked
package io.dormouse.yarn.warmpool;

import org.jspecify.annotations.NullMarked;
