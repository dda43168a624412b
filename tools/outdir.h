/*
 * The files a run leaves in a folder: all of them or none. Each is written beside its place
 * and renamed when everything has been written and synced.
 */
#ifndef OUTDIR_H
#define OUTDIR_H

#include <stdbool.h>
#include <stdio.h>

struct outdir;

/* Makes the folder (and those above it) when it is missing. NULL and a sentence in text on
 * failure. */
struct outdir *outdir_new(const char *path, char *text, size_t size);
/* Drops what was not committed, and the folder if it was made for nothing. */
void outdir_free(struct outdir *d);

/* A file to write; belongs to the folder, do not close it. NULL when it cannot be made: the
 * reason is told by outdir_commit(). A device or a pipe of that name is written to as it
 * stands: a rename would put a file in its place. */
FILE *outdir_file(struct outdir *d, const char *name);

/* A name of ours: a regular file that has it from an earlier time, and that is not written this
 * time, is removed by outdir_commit() once everything else is in its place. `name` has to stay.
 * At most OUTDIR_OLD of them. */
#define OUTDIR_OLD 64
void outdir_replaces(struct outdir *d, const char *name);

/* Neither a file nor a folder: it keeps its place when it is written to. */
bool outdir_is_device(const char *path);

/* Syncs and renames everything. False and a sentence: nothing new is then left in the folder.
 */
bool outdir_commit(struct outdir *d, char *text, size_t size);

#endif
