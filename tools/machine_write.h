/* One file that is written whole or not at all. */
#ifndef MACHINE_WRITE_H
#define MACHINE_WRITE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes text to path: beside it first, and renamed when it is on the disk. "-" is stdout; a
 * pipe or device is written as it is. False and a sentence in err.
 */
bool machine_write(const char *path, const char *text, char *err, size_t size);

#endif
