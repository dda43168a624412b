/*
 * Does the points of a manifest that have no result yet, several at a time, each in a process
 * of its own. Nothing is lost when workers or all of it are killed: the next one goes on.
 */
#ifndef SWEEP_RUN_H
#define SWEEP_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/sweep_manifest.h"

struct sweep_run_options {
	const char *dir;
	unsigned jobs;       /* at most so many at a time; 0 = as many as there are CPUs */
	uint64_t memory_kib; /* of all workers together; 0 = what the machine has */
	const size_t *only;  /* [nonly] numbers of points; NULL = all */
	size_t nonly;
	bool shared;   /* others are at work in the folder, too: no lock */
	bool progress; /* on stderr, when that is a terminal */
};

struct sweep_run_counts {
	size_t before; /* had a whole result */
	size_t damaged;
	size_t done, failed, retried;
	unsigned workers; /* most at a time */
	uint64_t events;  /* of the points done, from the traces */
	uint64_t wall_ns;
	bool short_of_memory; /* memory kept workers from being started */
};

/*
 * The program's exit status: 0, 1 (points failed, each is remembered in the folder), 2 (another
 * one is at work there), 4 (results cannot be written), 130. With any but 0 and 1 there is a
 * sentence in text, of SWEEP_STORE_TEXT bytes.
 */
int sweep_run(const struct sweep_manifest *m, const struct sweep_run_options *options,
	      struct sweep_run_counts *counts, char *text);

/* Whether the files that these points need (only[nonly], NULL = all points) are there and have
 * the digests that the manifest says. 0, or a status and a sentence. */
int sweep_run_check_files(const struct sweep_manifest *m, const size_t *only, size_t nonly,
			  char *text);

#endif
