/*
 * A sweep's folder:
 *
 *	manifest.jsonl       what is to be done
 *	points/ab/ID.json    a finished point's result.json, in a folder by the id's beginning
 *	failed/ID.json       why a point that was tried has no result
 *	lock                 held by the `sweep run` that is at work
 *
 * Every file appears whole, by rename: a point is finished when its file is there and holds a
 * whole result with that id. Who writes a point twice writes the same, but for `host`.
 */
#ifndef SWEEP_STORE_H
#define SWEEP_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define SWEEP_STORE_TEXT 1500 /* bytes of a sentence that says what failed */

enum sweep_store_state {
	SWEEP_STORE_MISSING,
	SWEEP_STORE_DONE,
	SWEEP_STORE_DAMAGED, /* there is a file, but no whole result of this point */
};

/* DIR/NAME. NULL when memory is short. */
char *sweep_store_path(const char *dir, const char *name);
/* Where a point's result is. NULL when memory is short. */
char *sweep_store_result_path(const char *dir, const char *id);

/* Looks into the file. With `json`, a whole result is handed over; text, of SWEEP_STORE_TEXT
 * bytes, says what is wrong with a damaged one. */
enum sweep_store_state sweep_store_look(const char *dir, const char *id, json_t **json,
					char *text);
/* Writes a result, and forgets that the point failed before. False and a sentence. */
bool sweep_store_put(const char *dir, const char *id, json_t *result, char *text);
/* Remembers why a point has no result. False and a sentence. */
bool sweep_store_put_failure(const char *dir, const char *id, int status, const char *why,
			     char *text);
/* What is remembered: {id, status, error}; NULL when nothing is. */
json_t *sweep_store_failure(const char *dir, const char *id);

/* Writes a file of the folder, or leaves it as it is when it has this text already; *was says
 * whether another one was there. False and a sentence. */
bool sweep_store_put_manifest(const char *dir, const char *manifest, size_t size, bool *was,
			      char *text);

/*
 * The lock of a folder, until the process ends or it is given back: a descriptor, or -1 and a
 * sentence. *busy: another process holds it.
 */
int sweep_store_lock(const char *dir, bool *busy, char *text);
void sweep_store_unlock(int lock);

/* Removes what killed processes left half-written more than an hour ago. */
void sweep_store_tidy(const char *dir);

#endif
