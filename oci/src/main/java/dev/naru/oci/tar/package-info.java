@NullMarked
package dev.naru.oci.tar;

import org.jspecify.annotations.NullMarked;
