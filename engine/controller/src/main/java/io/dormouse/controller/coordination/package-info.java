/** Leadership, intents and the instance registry in ZooKeeper. */
@NullMarked
package io.dormouse.controller.coordination;

import org.jspecify.annotations.NullMarked;
