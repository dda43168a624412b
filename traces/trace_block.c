#include "traces/trace_block.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 256
#define LIKELY(x) __builtin_expect(!!(x), 1)

void trace_block_forget(struct trace_block_guess *guess, uint64_t base)
{
	memset(guess, 0, sizeof(*guess));
	for (unsigned i = 0; i < TRACE_BLOCK_CPU_GUESSES; i++)
		guess->object[i] = base;
}

void trace_block_free(struct trace_block *b)
{
	free(b->shape);
	memset(b, 0, sizeof(*b));
}

void trace_block_put_head(const struct trace_block_head *head, struct trace_frame_bytes *out)
{
	struct trace_bytes fields = { 0 };

	trace_bytes_varint(&fields, head->number);
	trace_bytes_varint(&fields, head->count);
	trace_bytes_varint(&fields, head->first_event);
	trace_bytes_varint(&fields, head->first_time);
	trace_bytes_varint(&fields, head->last_time);
	trace_bytes_varint(&fields, head->base);
	trace_section_put(out, TRACE_SECTION_HEAD, &fields);
	trace_bytes_free(&fields);
}

bool trace_block_head(const struct trace_sections *s, struct trace_block_head *head,
		      struct trace_error *err)
{
	struct trace_bytes_in in;

	if (!trace_section_in(s, TRACE_SECTION_HEAD, "head", &in, err))
		return false;
	head->number = trace_bytes_in_varint(&in);
	head->count = trace_bytes_in_varint(&in);
	head->first_event = trace_bytes_in_varint(&in);
	head->first_time = trace_bytes_in_varint(&in);
	head->last_time = trace_bytes_in_varint(&in);
	head->base = trace_bytes_in_varint(&in);
	if (in.bad)
		return trace_error_data(err, "the head is too short");
	if (!head->count || head->count > TRACE_BLOCK_EVENTS)
		return trace_error_data(err, "expected 1 to %d events, found %llu",
					TRACE_BLOCK_EVENTS, (unsigned long long)head->count);
	if (head->first_time > head->last_time || head->last_time > TRACE_BLOCK_TIME_MAX ||
	    head->first_event > INT64_MAX || head->base > INT64_MAX)
		return trace_error_data(err, "the head's times or numbers are out of range");
	return true;
}

bool trace_block_is_full(const struct trace_block_head *head, enum trace_section_id id,
			 const struct trace_numbers_in *column, struct trace_error *err)
{
	return column->left == head->count ||
	       trace_error_data(err, "column %u: expected %llu numbers, found %llu",
				(unsigned)id, (unsigned long long)head->count,
				(unsigned long long)column->left);
}

static bool check_shape(const struct trace_event *e, unsigned has, uint64_t gfp,
			const struct trace_block_limits *limits)
{
	bool request = e->kind == TRACE_ALLOC || e->kind == TRACE_ALLOC_FAILED;

	if (e->kind >= (limits->minor ? TRACE_KINDS : TRACE_ISOLATE) ||
	    e->order >= TRACE_ORDERS || has > 7)
		return false;
	if (e->node != TRACE_NODE_LOCAL && e->node >= limits->nodes)
		return false;
	if (request ? gfp >= limits->gfps : gfp != 0)
		return false;
	if (e->kind == TRACE_FREE)
		return (has & TRACE_BLOCK_OBJECT) && !(has & TRACE_BLOCK_PFN);
	return !request || !(has & (TRACE_BLOCK_OBJECT | TRACE_BLOCK_VALUE));
}

/* Numbers of the columns from TRACE_BLOCK_PFNS on, counted side by side in one word. */
#define NEED_BITS 20
#define NEED_MASK ((UINT64_C(1) << NEED_BITS) - 1)

static uint64_t need_of(unsigned has)
{
	return (uint64_t) !!(has & TRACE_BLOCK_PFN) |
	       (uint64_t) !!(has & TRACE_BLOCK_OBJECT) << NEED_BITS |
	       (uint64_t) !!(has & TRACE_BLOCK_VALUE) << 2 * NEED_BITS;
}

static bool read_shape(struct trace_block_shape *shape, struct trace_bytes_in *in,
		       const struct trace_block_limits *limits)
{
	struct trace_event *e = &shape->event;
	uint64_t gfp;

	*e = (struct trace_event){ .object = TRACE_NO_OBJECT, .pfn = TRACE_NO_PFN };
	e->kind = trace_bytes_in_u8(in);
	e->order = trace_bytes_in_u8(in);
	e->node = trace_bytes_in_u8(in);
	e->flags = trace_bytes_in_u8(in);
	shape->has = trace_bytes_in_u8(in);
	shape->need = need_of(shape->has);
	gfp = trace_bytes_in_varint(in);
	e->gfp = (uint16_t)gfp;
	return !in->bad && check_shape(e, shape->has, gfp, limits);
}

static bool read_shapes(struct trace_block *b, const struct trace_sections *s,
			struct trace_error *err)
{
	struct trace_bytes_in in;
	uint64_t n;

	if (!trace_section_in(s, TRACE_SECTION_SHAPES, "shapes", &in, err))
		return false;
	n = trace_bytes_in_varint(&in);
	if (in.bad || n > b->head.count)
		return trace_error_data(err, "more shapes than events");
	if (n > b->cap) {
		free(b->shape);
		b->shape = aligned_alloc(_Alignof(struct trace_block_shape),
					 n * sizeof(*b->shape));
		b->cap = b->shape ? (uint32_t)n : 0;
		if (!b->shape)
			return trace_error_memory(err);
	}
	b->nshapes = (uint32_t)n;
	for (uint32_t i = 0; i < n; i++)
		if (!read_shape(&b->shape[i], &in, &b->limits))
			return trace_error_data(err, "shape %u is out of range", i);
	return true;
}

static const struct {
	enum trace_section_id id;
	const char *name;
} columns[TRACE_BLOCK_COLUMNS] = {
	[TRACE_BLOCK_SHAPES] = { TRACE_SECTION_SHAPE, "shape" },
	[TRACE_BLOCK_CPUS] = { TRACE_SECTION_CPU, "cpu" },
	[TRACE_BLOCK_TASKS] = { TRACE_SECTION_TASK, "task" },
	[TRACE_BLOCK_TIMES] = { TRACE_SECTION_TIME, "time" },
	[TRACE_BLOCK_PFNS] = { TRACE_SECTION_PFN, "pfn" },
	[TRACE_BLOCK_OBJECTS] = { TRACE_SECTION_OBJECT, "object" },
	[TRACE_BLOCK_VALUES] = { TRACE_SECTION_VALUE, "value" },
};

bool trace_block_open(struct trace_block *b, const struct trace_sections *s,
		      const struct trace_block_limits *limits, struct trace_error *err)
{
	b->limits = *limits;
	if (!trace_block_head(s, &b->head, err) || !read_shapes(b, s, err))
		return false;
	for (unsigned i = 0; i < TRACE_BLOCK_COLUMNS; i++) {
		struct trace_numbers_in *in = &b->column[i];

		if (!trace_section_numbers(s, columns[i].id, columns[i].name, in, err))
			return false;
		if (i <= TRACE_BLOCK_TIMES ? in->left != b->head.count
					   : in->left > b->head.count)
			return trace_error_data(
				err, "column %u (%s): expected %llu numbers, found %llu",
				(unsigned)columns[i].id, columns[i].name,
				(unsigned long long)b->head.count,
				(unsigned long long)in->left);
	}
	trace_block_forget(&b->guess, b->head.base);
	b->done = 0;
	b->time = b->head.first_time;
	b->next_object = b->head.base;
	return true;
}

/* ---- decoding -------------------------------------------------------------------------- */

struct chunk {
	uint64_t column[TRACE_BLOCK_COLUMNS][CHUNK];
};

static bool bad_event(const struct trace_block *b, uint64_t i, const char *what,
		      struct trace_error *err)
{
	return trace_error_data(err, "event %llu: %s",
				(unsigned long long)(b->head.first_event + b->done + i), what);
}

static bool short_column(unsigned i, struct trace_error *err)
{
	return trace_error_data(err, "column %u (%s): it ends too early",
				(unsigned)columns[i].id, columns[i].name);
}

/* Reads the columns that every event has, and as much of the others as their shapes ask for.
 */
static bool read_chunk(struct trace_block *b, struct chunk *c, size_t n,
		       struct trace_error *err)
{
	const uint64_t *shapes = c->column[TRACE_BLOCK_SHAPES];
	const struct trace_block_shape *known = b->shape;
	const uint64_t nknown = b->nshapes;
	uint64_t need = 0;

	for (unsigned i = 0; i <= TRACE_BLOCK_TIMES; i++)
		trace_numbers_read(&b->column[i], c->column[i], n);
	for (size_t i = 0; i < n; i++) {
		if (shapes[i] >= nknown)
			return bad_event(b, i, "its shape is not in the block's list", err);
		need += known[shapes[i]].need;
	}
	for (unsigned i = TRACE_BLOCK_PFNS; i < TRACE_BLOCK_COLUMNS; i++) {
		if ((need & NEED_MASK) > b->column[i].left)
			return short_column(i, err);
		trace_numbers_read(&b->column[i], c->column[i], need & NEED_MASK);
		need >>= NEED_BITS;
	}
	return true;
}

static uint32_t decode_task(struct trace_block_guess *g, unsigned slot, uint64_t code)
{
	uint64_t task;

	if (LIKELY(code == 0))
		return g->task[slot];
	task = code == 1 ? g->task_before[slot] : code - 2;
	g->task_before[slot] = g->task[slot];
	g->task[slot] = task > UINT32_MAX ? UINT32_MAX : (uint32_t)task;
	return g->task[slot];
}

const char *trace_block_range(const struct trace_event *e)
{
	if (e->object != TRACE_NO_OBJECT)
		return "isolation has no object";
	if (e->pfn == TRACE_NO_PFN || e->pfn % TRACE_PAGEBLOCK)
		return "its page frame begins no pageblock";
	if (e->value == 0 || e->value > TRACE_MOST_PAGEBLOCKS ||
	    e->pfn + (uint64_t)e->value * TRACE_PAGEBLOCK > UINT64_C(1) << 52)
		return "its number of pageblocks is out of range";
	return NULL;
}

/* What kind of number a value is, and whether it is one. */
static const char *check_value(const struct trace_block *b, const struct trace_event *e)
{
	switch (e->kind) {
	case TRACE_FREE:
		if (e->value + (UINT64_C(1) << e->order) > UINT64_C(1) << (TRACE_ORDERS - 1))
			return "it frees a part beyond the largest object";
		break;
	case TRACE_SYSCTL:
	case TRACE_MARK:
		if (e->value >= b->limits.texts)
			return "its text is not in the dictionary";
		break;
	case TRACE_TASK_START:
		if (e->value > b->limits.tasks)
			return "its parent task is not in the dictionary";
		break;
	case TRACE_ISOLATE:
	case TRACE_UNISOLATE:
		return trace_block_range(e);
	default:
		break;
	}
	return NULL;
}

static uint32_t free_offset(struct trace_block_guess *g, unsigned slot, uint64_t object,
			    unsigned order, uint64_t code)
{
	uint64_t guess = object == g->object[slot] ? g->offset[slot] : 0;
	uint32_t offset = (uint32_t)trace_bytes_unzigzag(guess, code);

	g->offset[slot] = offset + (1u << order);
	return offset;
}

/* Where a chunk's events stand: what the next one takes, and follows. */
struct cursor {
	const uint64_t *pfns, *objects, *values;
	uint64_t time, next_object;
};

/* Everything but an allocation: its object and value. */
static inline const char *other_event(struct trace_block *b, struct trace_event *e,
				      unsigned has, struct cursor *at)
{
	struct trace_block_guess *g = &b->guess;
	unsigned slot = trace_block_cpu_slot(e->cpu);
	uint64_t code = 0;

	if (has & TRACE_BLOCK_VALUE)
		code = *at->values++;
	if (code > UINT32_MAX)
		return "its value is out of range";
	e->value = (uint32_t)code;
	if (has & TRACE_BLOCK_OBJECT) {
		uint64_t object = trace_bytes_unzigzag(g->object[slot], *at->objects++);

		if (object >= at->next_object)
			return "it names an object that is not yet allocated";
		if (e->kind == TRACE_FREE)
			e->value = free_offset(g, slot, object, e->order, code);
		else
			g->offset[slot] = 0;
		e->object = g->object[slot] = object;
	}
	return check_value(b, e);
}

/* What the event has of its own, beyond its time, CPU and task. */
static inline const char *decode_event(struct trace_block *b, struct trace_event *e,
				       unsigned has, unsigned number, struct cursor *at)
{
	if (has & TRACE_BLOCK_PFN) {
		unsigned slot = trace_block_pfn_slot(e->cpu, number);
		uint64_t pfn = trace_bytes_unzigzag(b->guess.pfn[slot], *at->pfns++);

		b->guess.pfn[slot] = pfn + (UINT64_C(1) << e->order);
		e->pfn = pfn;
		if (pfn >> 52)
			return "its page frame number is out of range";
	}
	if (e->kind != TRACE_ALLOC)
		return other_event(b, e, has, at);
	e->object = at->next_object++;
	return NULL;
}

static bool assemble(struct trace_block *b, const struct chunk *c, struct trace_event *events,
		     size_t n, struct trace_error *err)
{
	struct cursor at = { .pfns = c->column[TRACE_BLOCK_PFNS],
			     .objects = c->column[TRACE_BLOCK_OBJECTS],
			     .values = c->column[TRACE_BLOCK_VALUES],
			     .time = b->time,
			     .next_object = b->next_object };
	const uint64_t last_time = b->head.last_time;
	const uint32_t cpus = b->limits.cpus, tasks = b->limits.tasks;
	const struct trace_block_shape *shapes = b->shape;

	for (size_t i = 0; i < n; i++) {
		unsigned number = (unsigned)c->column[TRACE_BLOCK_SHAPES][i];
		const struct trace_block_shape *shape = &shapes[number];
		uint64_t cpu = c->column[TRACE_BLOCK_CPUS][i];
		uint64_t delta = c->column[TRACE_BLOCK_TIMES][i];
		struct trace_event *e = &events[i];
		const char *wrong;

		if (cpu >= cpus)
			return bad_event(b, i, "its CPU is not in the header", err);
		if (delta > last_time - at.time)
			return bad_event(b, i, "its time is beyond the block's last", err);
		*e = shape->event;
		e->time = at.time += delta;
		e->cpu = (uint16_t)cpu;
		e->task = decode_task(&b->guess, trace_block_cpu_slot((unsigned)cpu),
				      c->column[TRACE_BLOCK_TASKS][i]);
		if (e->task >= tasks)
			return bad_event(b, i, "its task is not in the dictionary", err);
		wrong = decode_event(b, e, shape->has, number, &at);
		if (wrong)
			return bad_event(b, i, wrong, err);
	}
	b->time = at.time;
	b->next_object = at.next_object;
	return true;
}

static bool ends_well(const struct trace_block *b, struct trace_error *err)
{
	for (unsigned i = 0; i < TRACE_BLOCK_COLUMNS; i++)
		if (b->column[i].left)
			return trace_error_data(err,
						"column %u (%s): numbers are left over at "
						"the end",
						(unsigned)columns[i].id, columns[i].name);
	return b->time == b->head.last_time ||
	       trace_error_data(err, "expected the last event at time %llu, found %llu",
				(unsigned long long)b->head.last_time,
				(unsigned long long)b->time);
}

long trace_block_next(struct trace_block *b, struct trace_event *events, size_t n,
		      struct trace_error *err)
{
	struct chunk chunk;
	size_t given = 0;

	while (given < n && b->done < b->head.count) {
		uint64_t left = b->head.count - b->done;
		size_t want = n - given < CHUNK ? n - given : CHUNK;

		if (want > left)
			want = (size_t)left;
		if (!read_chunk(b, &chunk, want, err) ||
		    !assemble(b, &chunk, events + given, want, err))
			return -1;
		given += want;
		b->done += want;
		if (b->done == b->head.count && !ends_well(b, err))
			return -1;
	}
	return (long)given;
}
