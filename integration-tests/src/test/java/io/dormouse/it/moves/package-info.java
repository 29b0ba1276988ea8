/** Moves of an instance between two agents in network namespaces of their own. */
@org.jspecify.annotations.NullMarked
package io.dormouse.it.moves;
