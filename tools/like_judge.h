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
	const char *original, *copy;
	const char *machine; /* a machine file; NULL = the machine that the original tells */
	bool progress;       /* on stderr, when that is a terminal */
};

/*
 * Prints the table. The program's exit status: 0, 2 (the original tells no machine, or the file
 * does not fit), 3, 4 or 130, then with a sentence in `why`; nothing is printed.
 */
int like_judge(const struct like_judge_options *o, FILE *out, char *why, size_t size);

#endif
