@NullMarked
package dev.naru.controllers;

import org.jspecify.annotations.NullMarked;
