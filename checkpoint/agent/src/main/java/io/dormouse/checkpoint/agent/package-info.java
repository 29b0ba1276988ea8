/**
 * The node agent: runs instances in capsules for launchers, and freezes, dumps, restores and
 * releases them for the leader.
 */
@NullMarked
package io.dormouse.checkpoint.agent;

import org.jspecify.annotations.NullMarked;
