@NullMarked
package dev.naru.oci.context;

import org.jspecify.annotations.NullMarked;
