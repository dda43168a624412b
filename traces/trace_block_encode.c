#include "traces/trace_block.h"

#include <stdlib.h>
#include <string.h>

#define NSLOTS (2 * TRACE_BLOCK_EVENTS)

struct entry {
	uint64_t key;   /* the shape's fields in one word */
	uint32_t count; /* events that have it */
	uint32_t slot;  /* where it is found */
	uint32_t rank;
};

struct trace_block_encoder {
	struct trace_numbers_out column[TRACE_BLOCK_COLUMNS];
	struct trace_bytes scratch;
	struct trace_block_guess guess;
	struct entry entry[TRACE_BLOCK_EVENTS];
	uint32_t nentries;
	uint32_t slot[NSLOTS]; /* entry + 1 */
	uint16_t shape[TRACE_BLOCK_EVENTS];
	uint32_t code[TRACE_BLOCK_EVENTS]; /* what the value column gets */
	uint16_t order[TRACE_BLOCK_EVENTS];
};

struct trace_block_encoder *trace_block_encoder_new(struct trace_error *err)
{
	struct trace_block_encoder *e = calloc(1, sizeof(*e));

	if (!e)
		trace_error_memory(err);
	return e;
}

void trace_block_encoder_free(struct trace_block_encoder *e)
{
	if (!e)
		return;
	for (unsigned i = 0; i < TRACE_BLOCK_COLUMNS; i++)
		trace_numbers_free(&e->column[i]);
	trace_bytes_free(&e->scratch);
	free(e);
}

/* ---- checking -------------------------------------------------------------------------- */

static bool is_request(const struct trace_event *ev)
{
	return ev->kind == TRACE_ALLOC || ev->kind == TRACE_ALLOC_FAILED;
}

static const char *wrong_object(const struct trace_event *ev, uint64_t next)
{
	if (ev->kind == TRACE_ALLOC)
		return ev->object == next ? NULL
					  : "an allocation's object is not the next number";
	if (ev->kind == TRACE_FREE) {
		if (ev->object >= next)
			return "it frees an object that is not yet allocated";
		if (ev->value + (UINT64_C(1) << ev->order) > UINT64_C(1) << (TRACE_ORDERS - 1))
			return "it frees a part beyond the largest object";
		return NULL;
	}
	if (ev->object == TRACE_NO_OBJECT)
		return NULL;
	if (ev->kind == TRACE_ALLOC_FAILED)
		return "a failed allocation has no object";
	return ev->object < next ? NULL : "it names an object that is not yet allocated";
}

static const char *wrong_index(const struct trace_event *ev,
			       const struct trace_block_limits *limits)
{
	if (ev->cpu >= limits->cpus)
		return "its CPU is not in the header";
	if (ev->task >= limits->tasks)
		return "its task is not in the dictionary";
	if (is_request(ev) && ev->gfp >= limits->gfps)
		return "its gfp set is not in the dictionary";
	if (is_request(ev) && ev->node != TRACE_NODE_LOCAL && ev->node >= limits->nodes)
		return "its node is not in the header";
	if ((ev->kind == TRACE_SYSCTL || ev->kind == TRACE_MARK) && ev->value >= limits->texts)
		return "its text is not in the dictionary";
	if (ev->kind == TRACE_TASK_START && ev->value > limits->tasks)
		return "its parent task is not in the dictionary";
	if (ev->kind == TRACE_ISOLATE || ev->kind == TRACE_UNISOLATE)
		return limits->minor ? trace_block_range(ev)
				     : "isolation needs a file of version 1.1";
	return NULL;
}

bool trace_block_encode_check(const struct trace_event *ev,
			      const struct trace_block_limits *limits, uint64_t next,
			      uint64_t last, struct trace_error *err)
{
	const char *wrong = NULL;

	if (ev->kind >= TRACE_KINDS)
		wrong = "its kind is unknown";
	else if (ev->order >= TRACE_ORDERS)
		wrong = "its order is above 10";
	else if (ev->flags & TRACE_FALLBACK && ev->kind != TRACE_ALLOC)
		wrong = "it is no allocation that can depend on another";
	else if (ev->time < last)
		wrong = "it is earlier than the event before";
	else if (ev->time > TRACE_BLOCK_TIME_MAX)
		wrong = "its time is out of range";
	else if (ev->kind != TRACE_FREE && ev->pfn != TRACE_NO_PFN && ev->pfn >> 52)
		wrong = "its page frame number is out of range";
	else
		wrong = wrong_index(ev, limits);
	if (!wrong)
		wrong = wrong_object(ev, next);
	return !wrong || trace_error_data(err, "%s", wrong);
}

/* ---- shapes ---------------------------------------------------------------------------- */

static uint32_t value_code(struct trace_block_guess *g, const struct trace_event *ev)
{
	unsigned slot = trace_block_cpu_slot(ev->cpu);
	uint32_t guess, d;

	if (is_request(ev))
		return 0;
	if (ev->object == TRACE_NO_OBJECT)
		return ev->value;
	guess = ev->object == g->object[slot] ? g->offset[slot] : 0;
	g->object[slot] = ev->object;
	if (ev->kind != TRACE_FREE) {
		g->offset[slot] = 0;
		return ev->value;
	}
	g->offset[slot] = ev->value + (1u << ev->order);
	d = ev->value - guess;
	return (d << 1) ^ (0 - (d >> 31));
}

static uint64_t shape_key(const struct trace_event *ev, uint32_t code)
{
	bool request = is_request(ev);
	unsigned has = code ? TRACE_BLOCK_VALUE : 0;

	if (ev->kind != TRACE_FREE && ev->pfn != TRACE_NO_PFN)
		has |= TRACE_BLOCK_PFN;
	if (!request && ev->object != TRACE_NO_OBJECT)
		has |= TRACE_BLOCK_OBJECT;
	return (uint64_t)(request ? ev->gfp : 0) << 40 | (uint64_t)ev->kind << 32 |
	       (uint64_t)ev->order << 24 |
	       (uint64_t)(request ? ev->node : TRACE_NODE_LOCAL) << 16 |
	       (uint64_t)ev->flags << 8 | has;
}

static uint16_t find_shape(struct trace_block_encoder *e, uint64_t key)
{
	uint32_t slot = (uint32_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 47);

	while (e->slot[slot] && e->entry[e->slot[slot] - 1].key != key)
		slot = (slot + 1) % NSLOTS;
	if (!e->slot[slot]) {
		e->entry[e->nentries] = (struct entry){ .key = key, .slot = slot };
		e->slot[slot] = ++e->nentries;
	}
	return (uint16_t)(e->slot[slot] - 1);
}

/* Frequent shapes get small numbers, which cost no bits; ties keep the order of appearance. */
static void rank_shapes(struct trace_block_encoder *e)
{
	for (uint32_t i = 0; i < e->nentries; i++)
		e->order[i] = (uint16_t)i;
	for (uint32_t i = 1; i < e->nentries && i < 1024; i++) {
		uint16_t moving = e->order[i];
		uint32_t j = i;

		for (; j && e->entry[e->order[j - 1]].count < e->entry[moving].count; j--)
			e->order[j] = e->order[j - 1];
		e->order[j] = moving;
	}
	for (uint32_t i = 0; i < e->nentries; i++)
		e->entry[e->order[i]].rank = i;
}

static void collect_shapes(struct trace_block_encoder *e, const struct trace_event *events,
			   uint64_t n)
{
	for (uint32_t i = 0; i < e->nentries; i++)
		e->slot[e->entry[i].slot] = 0;
	e->nentries = 0;
	for (uint64_t i = 0; i < n; i++) {
		e->code[i] = value_code(&e->guess, &events[i]);
		e->shape[i] = find_shape(e, shape_key(&events[i], e->code[i]));
		e->entry[e->shape[i]].count++;
	}
	rank_shapes(e);
}

static void put_shapes(struct trace_block_encoder *e, struct trace_frame_bytes *out)
{
	e->scratch.len = 0;
	trace_bytes_varint(&e->scratch, e->nentries);
	for (uint32_t i = 0; i < e->nentries; i++) {
		uint64_t key = e->entry[e->order[i]].key;
		const uint8_t fields[5] = { (uint8_t)(key >> 32), (uint8_t)(key >> 24),
					    (uint8_t)(key >> 16), (uint8_t)(key >> 8),
					    (uint8_t)key };

		trace_bytes_put(&e->scratch, fields, sizeof(fields));
		trace_bytes_varint(&e->scratch, key >> 40);
	}
	trace_section_put(out, TRACE_SECTION_SHAPES, &e->scratch);
}

/* ---- columns --------------------------------------------------------------------------- */

static uint64_t task_code(struct trace_block_guess *g, unsigned slot, uint32_t task)
{
	uint64_t code = (uint64_t)task + 2;

	if (task == g->task[slot])
		return 0;
	if (task == g->task_before[slot])
		code = 1;
	g->task_before[slot] = g->task[slot];
	g->task[slot] = task;
	return code;
}

static void put_event(struct trace_block_encoder *e, const struct trace_event *ev,
		      uint64_t last, unsigned shape, uint32_t code)
{
	struct trace_block_guess *g = &e->guess;
	unsigned slot = trace_block_cpu_slot(ev->cpu);

	trace_numbers_put(&e->column[TRACE_BLOCK_SHAPES], shape);
	trace_numbers_put(&e->column[TRACE_BLOCK_CPUS], ev->cpu);
	trace_numbers_put(&e->column[TRACE_BLOCK_TASKS], task_code(g, slot, ev->task));
	trace_numbers_put(&e->column[TRACE_BLOCK_TIMES], ev->time - last);
	if (ev->kind != TRACE_FREE && ev->pfn != TRACE_NO_PFN) {
		uint64_t *guess = &g->pfn[trace_block_pfn_slot(ev->cpu, shape)];

		trace_numbers_put(&e->column[TRACE_BLOCK_PFNS],
				  trace_bytes_zigzag(*guess, ev->pfn));
		*guess = ev->pfn + (UINT64_C(1) << ev->order);
	}
	if (!is_request(ev) && ev->object != TRACE_NO_OBJECT) {
		trace_numbers_put(&e->column[TRACE_BLOCK_OBJECTS],
				  trace_bytes_zigzag(g->object[slot], ev->object));
		g->object[slot] = ev->object;
	}
	if (code)
		trace_numbers_put(&e->column[TRACE_BLOCK_VALUES], code);
}

bool trace_block_encode(struct trace_block_encoder *e, const struct trace_block_head *head,
			const struct trace_event *events, struct trace_frame_bytes *out,
			struct trace_error *err)
{
	static const enum trace_section_id ids[TRACE_BLOCK_COLUMNS] = {
		TRACE_SECTION_SHAPE, TRACE_SECTION_CPU, TRACE_SECTION_TASK,
		TRACE_SECTION_TIME,  TRACE_SECTION_PFN, TRACE_SECTION_OBJECT,
		TRACE_SECTION_VALUE,
	};
	uint64_t last = head->first_time;

	trace_block_forget(&e->guess, head->base);
	collect_shapes(e, events, head->count);
	trace_block_put_head(head, out);
	put_shapes(e, out);
	for (unsigned i = 0; i < TRACE_BLOCK_COLUMNS; i++)
		trace_numbers_reset(&e->column[i]);
	trace_block_forget(&e->guess, head->base);
	for (uint64_t i = 0; i < head->count; i++) {
		put_event(e, &events[i], last, e->entry[e->shape[i]].rank, e->code[i]);
		last = events[i].time;
	}
	for (unsigned i = 0; i < TRACE_BLOCK_COLUMNS; i++)
		trace_section_put_numbers(out, ids[i], &e->column[i]);
	return !out->bytes.lost || trace_error_memory(err);
}
