/*
 * Golden files of both kernels, as bytes: the reader, and the replay of whatever operations it
 * accepts. A file can say nearly everything, but must not be able to break a kernel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tools/gold.h"

#define MOST_FRAMES 32768 /* of a machine: larger ones take long to boot */
#define MOST_LINES 400

static bool is_small(const struct mm_machine *m)
{
	for (unsigned i = 0; i < m->nzones; i++)
		if (m->zones[i].end - m->zones[0].start > MOST_FRAMES)
			return false;
	return m->cpus <= 16;
}

/* Every line is accepted or refused; a difference does not end the replay here. */
static void replay(struct pagegold *g, const struct pagegold_header *h)
{
	struct pagegold_error err;
	struct gold *r = gold_new(g, h, &err);
	char answer[GOLD_ANSWER];
	const char *line;

	if (!r)
		return;
	for (unsigned i = 0; i < h->nderived; i++)
		gold_header_line(r, h->derived[i].text, answer, &err);
	for (unsigned n = 0; n < MOST_LINES && (line = pagegold_line(g, &err)); n++)
		if (gold_line(r, g, line, answer, &err) == GOLD_BAD && !*err.text)
			abort();
	gold_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pagegold_header h;
	struct pagegold_error err;
	struct pagegold *g;
	FILE *file;

	file = size ? fmemopen((void *)data, size, "rb") : NULL;
	if (!file)
		return 0;
	g = pagegold_open_file(file, "input", &err);
	if (!g)
		return 0;
	if (pagegold_header_read(g, &h, &err) && is_small(&h.machine))
		replay(g, &h);
	pagegold_header_free(&h);
	pagegold_close(g);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char *const seeds[] = { SEEDS "/small24.gold", SEEDS "/small.gold" };
	FILE *file;
	size_t n;

	if (i >= sizeof(seeds) / sizeof(*seeds))
		return 0;
	file = fopen(seeds[i], "rb");
	if (!file) {
		perror(seeds[i]);
		exit(EXIT_FAILURE);
	}
	n = fread(out, 1, cap, file);
	fclose(file);
	return n;
}
