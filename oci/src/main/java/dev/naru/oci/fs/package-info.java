@NullMarked
package dev.naru.oci.fs;

import org.jspecify.annotations.NullMarked;
