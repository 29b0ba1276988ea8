/** Agents that are measured as sites have them: installed, in processes of their own. */
@NullMarked
package io.dormouse.bench.agents;

import org.jspecify.annotations.NullMarked;
