@NullMarked
package dev.naru.oci;

import org.jspecify.annotations.NullMarked;
