/* The word somebody probably meant. */
#include <string.h>

#include "sim/conf.h"

#define MAX_WORD 64

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* How many letters were left out, added, changed or swapped with their neighbour. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][MAX_WORD + 1], n = strlen(b);
	size_t *before = rows[0], *last = rows[1], *now = rows[2];

	for (size_t j = 0; j <= n; j++)
		last[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t *spare = before;

		now[0] = i;
		for (size_t j = 1; j <= n; j++) {
			now[j] = min3(last[j] + 1, now[j - 1] + 1,
				      last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[n];
}

/* A short word is near to everything, so it may differ less. */
static size_t allowed(size_t length)
{
	return length < 4 ? 1 : length < 12 ? 2 : 3;
}

const char *conf_nearest(const char *word, const char *const *candidates)
{
	size_t length = strlen(word), best = allowed(length) + 1;
	const char *near = NULL, *begun = NULL;

	if (length == 0 || length > MAX_WORD)
		return NULL;
	for (; *candidates; candidates++) {
		size_t d;

		if (strlen(*candidates) > MAX_WORD)
			continue;
		d = distance(word, *candidates);
		if (d < best && d < length) {
			best = d;
			near = *candidates;
		}
		/* "watermark_scale" is the beginning of one known word. */
		if (length >= 3 && !begun && strncmp(word, *candidates, length) == 0)
			begun = *candidates;
	}
	return near ? near : begun;
}
