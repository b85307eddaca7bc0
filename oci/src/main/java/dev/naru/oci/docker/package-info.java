@NullMarked
package dev.naru.oci.docker;

import org.jspecify.annotations.NullMarked;
