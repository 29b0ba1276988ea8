package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.engines.InstanceEngine;

/**
 * An engine ready for use.
 *
 * @param toolVersion of what writes images, such as {@code criu 4.2.1}; goes into their manifests
 */
public record OpenEngine(InstanceEngine engine, String toolVersion) {}
