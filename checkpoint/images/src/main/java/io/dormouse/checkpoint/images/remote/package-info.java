/** Blobs on HDFS and S3, through Hadoop's clients; loaded only where a store lies there. */
@NullMarked
package io.dormouse.checkpoint.images.remote;

import org.jspecify.annotations.NullMarked;
