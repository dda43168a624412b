/* A fuzz target: what libFuzzer calls, and a valid input to begin with. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Writes seed number i to `out`; its size, 0 when there is no such seed. */
size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap);

/* Seed number i of `n` texts. */
static inline size_t fuzz_seed_text(const char *const *seeds, size_t n, unsigned i,
				    uint8_t *out, size_t cap)
{
	size_t size;

	if (i >= n)
		return 0;
	size = strlen(seeds[i]) < cap ? strlen(seeds[i]) : cap;
	memcpy(out, seeds[i], size);
	return size;
}

/* A seed that is a file; ends the program if it is not there. */
static inline size_t fuzz_seed_file(const char *path, uint8_t *out, size_t cap)
{
	FILE *file = fopen(path, "rb");
	size_t n;

	if (!file) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	n = fread(out, 1, cap, file);
	fclose(file);
	return n;
}

#endif
