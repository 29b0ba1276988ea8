/** The pinned model of every study, as far as commands need it. */
@NullMarked
package io.dormouse.cli.scenario;

import org.jspecify.annotations.NullMarked;
