/*
 * Runs a fuzz target without a fuzzer: each seed, and mutations of it that are the same every
 * time; then what libFuzzer has found (seeds/NAME.pack) with a hundredth of the mutations each.
 * usage: fuzz_NAME [MUTATIONS | FILE... | --seeds FOLDER | --pack PACK FILE...]
 * --seeds writes both as files, for libFuzzer to begin with; --pack makes one file of many:
 * each behind its size in four bytes, the lowest first.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define CAP (1 << 20)

static uint64_t state = 1;

static uint32_t below(uint32_t n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((state >> 33) % n);
}

static size_t mutate(uint8_t *data, size_t size)
{
	static const uint8_t edges[] = { 0, 1, 0x7f, 0x80, 0xff, 10, 11, 255 - 16 };

	for (uint32_t n = 1 + below(4); n && size; n--) {
		size_t at = below((uint32_t)size);

		switch (below(5)) {
		case 0:
			data[at] ^= (uint8_t)(1u << below(8));
			break;
		case 1:
			data[at] = edges[below(sizeof(edges))];
			break;
		case 2:
			data[at] = (uint8_t)below(256);
			break;
		case 3: /* a byte more */
			memmove(data + at + 1, data + at, size - at);
			size++;
			break;
		default: /* a byte fewer */
			memmove(data + at, data + at + 1, size - at - 1);
			size--;
			break;
		}
	}
	return size;
}

/* A copy of the very size, so that a sanitizer sees every byte too many. */
static void run(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		exit(EXIT_FAILURE);
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void run_file(const char *path)
{
	static uint8_t data[CAP];
	FILE *f = fopen(path, "rb");

	if (!f) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	run(data, fread(data, 1, sizeof(data), f));
	fclose(f);
}

/* The next input of a pack; false at its end. */
static bool take_packed(FILE *pack, uint8_t *data, size_t *size)
{
	uint8_t head[4];

	if (!pack || fread(head, 1, sizeof(head), pack) != sizeof(head))
		return false;
	*size = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16;
	if (head[3] || *size > CAP || fread(data, 1, *size, pack) != *size) {
		fprintf(stderr, "%s: damaged\n", PACK);
		exit(EXIT_FAILURE);
	}
	return true;
}

static void run_pack(unsigned long mutations)
{
	static uint8_t seed[CAP], data[2 * CAP];
	FILE *pack = fopen(PACK, "rb");
	unsigned n = 0;
	size_t size;

	for (; take_packed(pack, seed, &size); n++) {
		run(seed, size);
		for (unsigned long m = 0; m < mutations; m++) {
			memcpy(data, seed, size);
			run(data, mutate(data, size));
		}
	}
	printf("%u found before: %lu mutations each\n", n, mutations);
	if (pack)
		fclose(pack);
}

static void run_mutations(unsigned long mutations)
{
	uint8_t *seed = malloc(CAP), *data = malloc(2 * CAP);
	size_t size;

	if (!seed || !data)
		exit(EXIT_FAILURE);
	for (unsigned i = 0; (size = fuzz_seed(i, seed, CAP)) > 0; i++) {
		run(seed, size);
		for (unsigned long m = 0; m < mutations; m++) {
			memcpy(data, seed, size);
			run(data, mutate(data, size));
		}
		for (size_t cut = 0; cut < size; cut += 1 + size / 512)
			run(seed, cut);
		printf("seed %u of %zu bytes: %lu mutations\n", i, size, mutations);
	}
	free(seed);
	free(data);
}

static void write_file(const char *path, const uint8_t *data, size_t size)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
}

static void write_seeds(const char *folder)
{
	static uint8_t seed[CAP];
	FILE *pack = fopen(PACK, "rb");
	char path[4096];
	size_t size;

	for (unsigned i = 0; (size = fuzz_seed(i, seed, CAP)) > 0; i++) {
		snprintf(path, sizeof(path), "%s/seed-%u", folder, i);
		write_file(path, seed, size);
	}
	for (unsigned i = 0; take_packed(pack, seed, &size); i++) {
		snprintf(path, sizeof(path), "%s/found-%u", folder, i);
		write_file(path, seed, size);
	}
	if (pack)
		fclose(pack);
}

static void write_pack(const char *path, char **files, int n)
{
	static uint8_t data[4 + CAP];
	FILE *out = fopen(path, "wb");

	for (int i = 0; out && i < n; i++) {
		size_t size = fuzz_seed_file(files[i], data + 4, CAP);

		for (unsigned k = 0; k < 4; k++)
			data[k] = (uint8_t)(size >> 8 * k);
		fwrite(data, 1, size + 4, out);
	}
	if (!out || ferror(out) || fclose(out) != 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
}

int main(int argc, char **argv)
{
	unsigned long mutations = argc < 2 ? 10000 : strtoul(argv[1], NULL, 10);

	if (argc == 3 && strcmp(argv[1], "--seeds") == 0) {
		write_seeds(argv[2]);
	} else if (argc > 3 && strcmp(argv[1], "--pack") == 0) {
		write_pack(argv[2], argv + 3, argc - 3);
	} else if (argc < 2 || isdigit((unsigned char)argv[1][0])) {
		run_mutations(mutations);
		run_pack(mutations / 100);
	} else {
		for (int i = 1; i < argc; i++)
			run_file(argv[i]);
	}
	return EXIT_SUCCESS;
}
