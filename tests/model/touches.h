/*
 * A memory model that writes down what a kernel touches, and its comparison with what the
 * kernel's code path says by hand.
 */
#ifndef TESTS_TOUCHES_H
#define TESTS_TOUCHES_H

#include <inttypes.h>
#include <stdio.h>

#include "sim/port.h"
#include "tests/unit.h"

#define T_MOST 4096

struct t_touch {
	enum sim_line line;
	uint64_t key;
	bool write;
};

struct t_pages {
	uint64_t from, to, frames;
	unsigned locked; /* locks held meanwhile */
};

struct t_recorder {
	struct sim_memory memory; /* comes first: touch() gets its address */
	struct t_touch touch[T_MOST];
	unsigned n;
	struct t_pages pages[16];
	unsigned npages;
	uint64_t most[SIM_LINES]; /* largest key of each kind */
	uint32_t cells_set;       /* pages whose word was not zero at first sight */
};

static inline uint32_t t_on_touch(struct sim_memory *memory, struct sim_cpu *cpu,
				  enum sim_line line, uint64_t key, bool write)
{
	struct t_recorder *r = (struct t_recorder *)(void *)memory;

	(void)cpu;
	if (key > r->most[line])
		r->most[line] = key;
	if (r->n < T_MOST)
		r->touch[r->n++] = (struct t_touch){ line, key, write };
	return 1;
}

static inline uint32_t t_on_touch_page(struct sim_memory *memory, struct sim_cpu *cpu,
				       uint64_t frame, uint32_t *cell, bool write)
{
	struct t_recorder *r = (struct t_recorder *)(void *)memory;

	if (*cell)
		r->cells_set++;
	return t_on_touch(memory, cpu, SIM_LINE_PAGE, frame, write);
}

static inline uint64_t t_on_pages(struct sim_memory *memory, struct sim_cpu *cpu, uint64_t from,
				  uint64_t to, uint64_t frames)
{
	struct t_recorder *r = (struct t_recorder *)(void *)memory;

	if (r->npages < ARRAY_SIZE(r->pages))
		r->pages[r->npages++] = (struct t_pages){ from, to, frames, cpu->locked };
	return 100 * frames;
}

/* From now on: forgets what it has. */
static inline void t_record(struct t_recorder *r, struct sim_cpu *cpu)
{
	*r = (struct t_recorder){ .memory = { .touch = t_on_touch,
					      .touch_page = t_on_touch_page,
					      .pages = t_on_pages } };
	cpu->memory = &r->memory;
}

static inline void t_stop(struct sim_cpu *cpu, struct sim_memory *quiet)
{
	cpu->memory = quiet;
}

/* What is expected, appended one by one. */
struct t_list {
	struct t_touch touch[T_MOST];
	unsigned n;
};

static inline void t_add(struct t_list *l, enum sim_line line, uint64_t key, bool write)
{
	CU_ASSERT_FATAL(l->n < T_MOST);
	l->touch[l->n++] = (struct t_touch){ line, key, write };
}

/* Leaves only those of one kind. */
static inline void t_only(struct t_recorder *r, enum sim_line line)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->n; i++)
		if (r->touch[i].line == line)
			r->touch[n++] = r->touch[i];
	r->n = n;
}

static inline bool t_same(const struct t_touch *a, const struct t_touch *b)
{
	return a->line == b->line && a->key == b->key && a->write == b->write;
}

/* Prints the first difference. */
static inline bool t_agree(const struct t_recorder *r, const struct t_list *l)
{
	unsigned n = r->n < l->n ? r->n : l->n;

	for (unsigned i = 0; i < n; i++)
		if (!t_same(&r->touch[i], &l->touch[i])) {
			fprintf(stderr,
				"touch %u: kind %u key %" PRIu64 " write %d, not kind %u key "
				"%" PRIu64 " write %d\n",
				i, r->touch[i].line, r->touch[i].key, r->touch[i].write,
				l->touch[i].line, l->touch[i].key, l->touch[i].write);
			return false;
		}
	if (r->n != l->n)
		fprintf(stderr, "%u touches, not %u\n", r->n, l->n);
	return r->n == l->n;
}

#endif
