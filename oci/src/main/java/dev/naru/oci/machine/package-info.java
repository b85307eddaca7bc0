@NullMarked
package dev.naru.oci.machine;

import org.jspecify.annotations.NullMarked;
