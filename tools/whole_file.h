/* One file that is written whole or not at all. */
#ifndef WHOLE_FILE_H
#define WHOLE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes text to path: beside it first, and renamed when it is on the disk. "-" is stdout; a
 * pipe or device is written as it is. False and a sentence in err.
 */
bool whole_file_write(const char *path, const char *text, char *err, size_t size);

#endif
