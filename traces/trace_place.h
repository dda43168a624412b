/* Where a file is put that is written beside its place and renamed onto it. */
#ifndef TRACE_PLACE_H
#define TRACE_PLACE_H

/* The path itself or, of a symbolic link that leads somewhere, what it leads to: the link
 * stays, as if it had been opened. The caller frees it; NULL when out of memory. */
char *trace_place(const char *path);

#endif
