/**
 * The unprivileged wrapper that jobs of every scheduler run under, and the agent's thin client. It
 * starts often and must start fast: no options library, no gRPC, no logging framework, no class
 * that is not used.
 */
@NullMarked
package io.dormouse.checkpoint.launcher;

import org.jspecify.annotations.NullMarked;
