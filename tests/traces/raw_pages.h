/*
 * Sub-buffers of a kernel's ring buffer, made by hand, and the texts that describe them:
 *
 *   raw_begin(&p, 1000);  raw_alloc(&p, 5, 100, 16, 0);  raw_end(&p);
 *
 * is a sub-buffer whose time begins at 1000 and in which pid 100 allocates frame 16 at 1005.
 */
#ifndef TESTS_RAW_PAGES_H
#define TESTS_RAW_PAGES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/traces/raw_formats.h"
#include "tests/unit.h"

#define RAW_PAGE 4096
#define RAW_DATA 16 /* where the entries begin */

enum { RAW_ALLOC = 40, RAW_FREE = 41, RAW_PRINT = 5 };

struct raw_page {
	uint8_t bytes[RAW_PAGE];
	size_t at;
};

static inline void raw_put(struct raw_page *p, const void *data, size_t size)
{
	CU_ASSERT_TRUE_FATAL(p->at + size <= RAW_PAGE);
	memcpy(p->bytes + p->at, data, size);
	p->at += size;
}

static inline void raw_word(struct raw_page *p, uint32_t word)
{
	raw_put(p, &word, sizeof(word));
}

static inline void raw_begin(struct raw_page *p, uint64_t time)
{
	memset(p, 0, sizeof(*p));
	raw_put(p, &time, sizeof(time));
	p->at = RAW_DATA;
}

/* Tells how much is in it; flags as "events were lost". */
static inline void raw_end_flags(struct raw_page *p, uint64_t flags)
{
	uint64_t commit = (p->at - RAW_DATA) | flags;

	memcpy(p->bytes + 8, &commit, sizeof(commit));
}

static inline void raw_end(struct raw_page *p)
{
	raw_end_flags(p, 0);
}

/* An entry with any data, short ones in the short form. */
static inline void raw_data(struct raw_page *p, uint32_t delta, const void *data, size_t size)
{
	uint32_t whole = ((uint32_t)size + 3) & ~3u;

	if (whole <= 28 * 4 && whole) {
		raw_word(p, delta << 5 | whole / 4);
	} else {
		raw_word(p, delta << 5);
		raw_word(p, whole + 4);
	}
	raw_put(p, data, size);
	while (p->at % 4)
		p->bytes[p->at++] = 0;
}

static inline void raw_extend(struct raw_page *p, uint64_t delta)
{
	raw_word(p, (uint32_t)(delta & 0x7ffffff) << 5 | 30);
	raw_word(p, (uint32_t)(delta >> 27));
}

static inline void raw_stamp(struct raw_page *p, uint64_t time)
{
	raw_word(p, (uint32_t)(time & 0x7ffffff) << 5 | 31);
	raw_word(p, (uint32_t)(time >> 27));
}

struct raw_common {
	uint16_t type;
	uint8_t flags, preempt;
	int32_t pid;
};

static inline void raw_alloc(struct raw_page *p, uint32_t delta, int32_t pid, uint64_t pfn,
			     uint32_t order)
{
	struct {
		struct raw_common c;
		uint64_t pfn;
		uint32_t order, gfp;
		int32_t type, pad;
	} e = { { RAW_ALLOC, 0, 0, pid }, pfn, order, 1, 1, 0 };

	raw_data(p, delta, &e, 28);
}

static inline void raw_free(struct raw_page *p, uint32_t delta, int32_t pid, uint64_t pfn,
			    uint32_t order)
{
	struct {
		struct raw_common c;
		uint64_t pfn;
		uint32_t order, pad;
	} e = { { RAW_FREE, 0, 0, pid }, pfn, order, 0 };

	raw_data(p, delta, &e, 20);
}

static inline void raw_mark(struct raw_page *p, uint32_t delta, int32_t pid, const char *text)
{
	struct {
		struct raw_common c;
		uint64_t ip;
		char text[64];
	} e = { { RAW_PRINT, 0, 0, pid }, 0, "" };
	int n = snprintf(e.text, sizeof(e.text), "pgsim %s\n", text);

	raw_data(p, delta, &e, 16 + (size_t)n + 1);
}

/* ---- files --------------------------------------------------------------------------------
 */

static inline void raw_write(const char *dir, const char *name, const void *data, size_t size)
{
	char path[512];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	CU_ASSERT_EQUAL_FATAL(fwrite(data, 1, size, out), size);
	fclose(out);
}

static inline void raw_text(const char *dir, const char *name, const char *text)
{
	raw_write(dir, name, text, strlen(text));
}

static inline void raw_folder(const char *dir, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	CU_ASSERT_EQUAL_FATAL(mkdir(path, 0777), 0);
}

#endif
