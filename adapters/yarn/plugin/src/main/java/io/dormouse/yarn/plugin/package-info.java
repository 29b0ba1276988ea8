/**
 * What runs inside Hadoop's daemons: thin, bounded, and without effect when the controller is gone.
 * Java 8, Hadoop and the JDK only.
 */
package io.dormouse.yarn.plugin;
