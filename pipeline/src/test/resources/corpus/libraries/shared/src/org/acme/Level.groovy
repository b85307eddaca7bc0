package org.acme

enum Level { LOW, HIGH }
