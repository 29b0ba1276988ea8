/** YARN as the controller sees it: the ResourceManager's plugin and the warm pool, made one. */
@NullMarked
package io.dormouse.yarn.adapter;

import org.jspecify.annotations.NullMarked;
