/*
 * How a trace and its copy leave memory: both are replayed on the same machine and kernel from
 * boot, and their free memory at the end stands side by side.
 */
#ifndef LIKE_JUDGE_H
#define LIKE_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct like_judge_options {
	const char *original;
	const char *machine;  /* a machine file; NULL = the machine that the original tells */
	unsigned cpus, nodes; /* that the copy is going to have */
	bool progress;        /* on stderr, when that is a terminal */
};

struct like_judge;

/*
 * Replays the original, so that a machine that does not fit it, or is too small for the copy,
 * is found before a copy is made.
 * NULL: `status` is the program's exit status, 2 (the original tells no machine, or the
 * machine does not fit), 3, 4 or 130, with a sentence in `why`.
 */
struct like_judge *like_judge_new(const struct like_judge_options *o, int *status, char *why,
				  size_t size);
/* Replays the copy and prints the table. An exit status as above; nothing is then printed. */
int like_judge_print(struct like_judge *judge, const char *copy, FILE *out, char *why,
		     size_t size);
/* Takes NULL. */
void like_judge_free(struct like_judge *judge);

#endif
