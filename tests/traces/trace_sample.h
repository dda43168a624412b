/*
 * Made-up traces for tests: every kind of event, partial frees, many CPUs and gfp sets, all
 * valid. The same seed gives the same events.
 */
#ifndef TESTS_TRACE_SAMPLE_H
#define TESTS_TRACE_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/trace.h"

#define SAMPLE_CPUS 300
#define SAMPLE_GFPS 40
#define SAMPLE_TASKS 50
#define SAMPLE_LIVE 1000

struct sample {
	uint64_t seed, time, next, events;
	struct {
		uint64_t object;
		uint8_t order, parts; /* parts: freed quarter by quarter so far */
	} live[SAMPLE_LIVE];
	unsigned nlive;
};

static inline uint64_t sample_random(struct sample *s)
{
	uint64_t z = s->seed += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static inline void sample_alloc(struct sample *s, struct trace_event *e)
{
	e->kind = TRACE_ALLOC;
	e->order = sample_random(s) % 4 ? 0 : (uint8_t)(sample_random(s) % TRACE_ORDERS);
	e->gfp = (uint16_t)(sample_random(s) % SAMPLE_GFPS);
	e->node = sample_random(s) % 3 ? TRACE_NODE_LOCAL : (uint8_t)(sample_random(s) % 2);
	e->object = s->next++;
	e->pfn = sample_random(s) % 16 ? sample_random(s) >> (12 + sample_random(s) % 52)
				       : TRACE_NO_PFN;
	s->live[s->nlive].object = e->object;
	s->live[s->nlive].order = e->order;
	s->live[s->nlive++].parts = 0;
}

static inline void sample_free(struct sample *s, struct trace_event *e)
{
	unsigned i = (unsigned)(sample_random(s) % s->nlive);
	bool quarters = s->live[i].order >= 2 && (s->live[i].parts || sample_random(s) % 2);

	e->kind = TRACE_FREE;
	e->object = s->live[i].object;
	e->order = s->live[i].order;
	if (quarters) {
		e->order = (uint8_t)(e->order - 2);
		e->value = (uint32_t)s->live[i].parts++ << e->order;
	}
	if (!quarters || s->live[i].parts == 4)
		s->live[i] = s->live[--s->nlive];
}

static inline void sample_other(struct sample *s, struct trace_event *e)
{
	static const uint8_t kinds[] = { TRACE_ALLOC_FAILED, TRACE_LRU_ADD,    TRACE_ACCESS,
					 TRACE_DIRTY,        TRACE_TASK_START, TRACE_TASK_EXIT,
					 TRACE_SYSCTL,       TRACE_MARK,       TRACE_ISOLATE,
					 TRACE_UNISOLATE };

	e->kind = kinds[sample_random(s) % sizeof(kinds)];
	switch (e->kind) {
	case TRACE_ALLOC_FAILED:
		e->gfp = (uint16_t)(sample_random(s) % SAMPLE_GFPS);
		e->order = 9;
		e->node = 1;
		break;
	case TRACE_LRU_ADD:
	case TRACE_ACCESS:
	case TRACE_DIRTY:
		e->object = s->live[sample_random(s) % s->nlive].object;
		e->value = (uint32_t)(sample_random(s) % 3);
		break;
	case TRACE_TASK_START:
		e->value = (uint32_t)(sample_random(s) % (SAMPLE_TASKS + 1));
		break;
	case TRACE_SYSCTL:
	case TRACE_MARK:
		e->value = (uint32_t)(sample_random(s) % 2);
		break;
	case TRACE_ISOLATE:
	case TRACE_UNISOLATE:
		e->pfn = (sample_random(s) >> (14 + sample_random(s) % 30)) * TRACE_PAGEBLOCK %
			 (UINT64_C(1) << 51);
		e->value = 1 + (uint32_t)(sample_random(s) % TRACE_MOST_PAGEBLOCKS);
		break;
	default:
		break;
	}
}

static inline struct trace_event sample_event(struct sample *s)
{
	struct trace_event e = { .object = TRACE_NO_OBJECT,
				 .pfn = TRACE_NO_PFN,
				 .node = TRACE_NODE_LOCAL };
	uint64_t what = sample_random(s) % 32;

	if (what < 15 && s->nlive < SAMPLE_LIVE)
		sample_alloc(s, &e);
	else if (what < 30 && s->nlive)
		sample_free(s, &e);
	else if (s->nlive)
		sample_other(s, &e);
	else
		sample_alloc(s, &e);
	s->time += sample_random(s) % 5 ? sample_random(s) % 5000 : 0;
	if (sample_random(s) % 1000 == 0)
		s->time += sample_random(s) % (UINT64_C(1) << 45);
	e.time = s->time;
	e.cpu = (uint16_t)(sample_random(s) % SAMPLE_CPUS);
	e.task = (uint32_t)(sample_random(s) % SAMPLE_TASKS);
	e.flags = sample_random(s) % 8 ? 0 : (uint8_t)(sample_random(s) % 128);
	s->events++;
	return e;
}

static inline struct trace_truth sample_truth(struct sample *s, uint64_t i)
{
	struct trace_truth t = {
		.time = i * 1000,
		.pfn = i % 7 ? sample_random(s) >> 30 : TRACE_NO_PFN,
		.value = { sample_random(s), i % 3, sample_random(s) >> 60, 0 },
		.task = (uint32_t)(sample_random(s) % SAMPLE_TASKS),
		.cpu = (uint16_t)(sample_random(s) % SAMPLE_CPUS),
		.kind = (uint8_t)(sample_random(s) % TRACE_TRUTH_KINDS),
		.order = (uint8_t)(sample_random(s) % TRACE_ORDERS),
		.type = (int8_t)(sample_random(s) % 7 - 1),
	};

	return t;
}

static inline struct trace_header sample_header(void)
{
	static uint16_t cpu_node[SAMPLE_CPUS];
	static uint8_t distance[4] = { 10, 21, 21, 10 };
	static struct trace_zone zones[2] = {
		{ .nid = 0,
		  .name = "DMA32",
		  .start = 1,
		  .end = 98304,
		  .present = 98303,
		  .managed = 90000,
		  .min = 100,
		  .low = 200,
		  .high = 300,
		  .nprotection = 5,
		  .protection = { 0, 0, 17, 17, 17 },
		  .pcp_high = 186,
		  .pcp_batch = 31 },
		{ .nid = 1,
		  .name = "Normal",
		  .start = 98304,
		  .end = 196608,
		  .present = 98304,
		  .managed = 98304 },
	};
	static struct trace_span holes[1] = { { 5, 9 } };

	for (unsigned i = 0; i < SAMPLE_CPUS; i++)
		cpu_node[i] = i & 1;
	return (struct trace_header){
		.minor = 1,
		.clock = TRACE_CLOCK_TSC,
		.clock_name = "x86-tsc",
		.clock_hz = 2596000000,
		.page_size = 4096,
		.cpus = SAMPLE_CPUS,
		.nodes = 2,
		.cpu_node = cpu_node,
		.distance = distance,
		.zones = zones,
		.nzones = 2,
		.holes = holes,
		.nholes = 1,
		.name = (char *)(uintptr_t) "sample",
		.source_kernel = (char *)(uintptr_t) "6.1.0 \"quoted\"",
		.tool = (char *)(uintptr_t) "test",
	};
}

/* The dictionaries that sample_event() refers to. */
static inline bool sample_dictionaries(struct trace_writer *w, struct trace_error *err)
{
	char text[32];
	uint16_t gfp;
	uint32_t index;

	for (int i = 0; i < SAMPLE_GFPS; i++) {
		snprintf(text, sizeof(text), "GFP_KERNEL|__GFP_X%d", i);
		if (!trace_writer_gfp(w, text, &gfp, err) || gfp != i)
			return false;
	}
	for (int i = 0; i < SAMPLE_TASKS; i++) {
		snprintf(text, sizeof(text), "task-%d", i);
		if (!trace_writer_task(w, i - 1, i % 2 ? text : NULL, &index, err) ||
		    index != (uint32_t)i)
			return false;
	}
	return trace_writer_text(w, "vm.min_free_kbytes=1", &index, err) &&
	       trace_writer_text(w, "work begin", &index, err);
}

/* Writes `events` events and `truths` truth records. */
static inline bool sample_write(const char *path, uint64_t seed, uint64_t events,
				uint64_t truths, const struct trace_state *state,
				const struct trace_end *end, int level, struct trace_error *err)
{
	struct trace_header h = sample_header();
	struct trace_writer *w = trace_writer_open(path, &h, level, err);
	struct sample s = { .seed = seed };
	uint64_t told = 0;
	bool ok = w != NULL;

	if (ok && state) {
		ok = trace_writer_state(w, state, err);
		for (uint64_t i = 0; i < state->nused; i++)
			s.next += !(state->used[i].use & TRACE_USE_PINNED);
	}
	ok = ok && sample_dictionaries(w, err);
	for (uint64_t i = 0; ok && i < events; i++) {
		struct trace_event e = sample_event(&s);

		ok = trace_writer_events(w, &e, 1, err);
		for (; ok && told < truths && told * events <= i * truths; told++) {
			struct trace_truth t = sample_truth(&s, told);

			ok = trace_writer_truth(w, &t, 1, err);
		}
	}
	if (ok && end)
		ok = trace_writer_end(w, end, err) &&
		     trace_writer_report(w, "{\"missed\":7}", err);
	return w && trace_writer_close(w, !ok, err) && ok;
}

/* A file name that is removed by whoever made it. */
static inline void sample_path(char *path, const char *what)
{
	snprintf(path, 64, "/tmp/pagesim-%s-%ld.pgt", what, (long)getpid());
}

#endif
