@NullMarked
package dev.naru.oci.build;

import org.jspecify.annotations.NullMarked;
