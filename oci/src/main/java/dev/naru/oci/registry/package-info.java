@NullMarked
package dev.naru.oci.registry;

import org.jspecify.annotations.NullMarked;
