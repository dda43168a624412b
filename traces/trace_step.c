#include "traces/trace_step.h"

#include <stdlib.h>
#include <string.h>

/* Which columns a kind of step has. */
enum has { PFN = 1, ORDER = 2, TYPE = 4, ONE = 8, TWO = 16, THREE = 32 };

static const uint8_t has[TRACE_STEP_KINDS] = {
	[TRACE_STEP_REFILL] = PFN | TYPE,
	[TRACE_STEP_DRAIN] = PFN | TYPE,
	[TRACE_STEP_BULK] = ORDER | ONE | TWO,
	[TRACE_STEP_EXTFRAG] = PFN | ORDER | TYPE | ONE | TWO | THREE,
	[TRACE_STEP_STEAL] = PFN | ORDER | TYPE | ONE | TWO | THREE,
	[TRACE_STEP_MOVE] = PFN | TYPE | ONE,
	[TRACE_STEP_PAGEBLOCK] = PFN | TYPE | ONE,
	[TRACE_STEP_ISOLATE] = PFN | ORDER | TYPE,
	[TRACE_STEP_HIGHATOMIC] = PFN | ORDER | TYPE,
	[TRACE_STEP_FOLD] = ORDER | TYPE | ONE | TWO | THREE,
	[TRACE_STEP_THRESHOLD] = ORDER | ONE | TWO,
	[TRACE_STEP_FREE_TYPE] = PFN | ORDER | TYPE,
	[TRACE_STEP_NO_BLOCK] = ORDER | TYPE,
	[TRACE_STEP_TICK] = ONE,
};

static const enum trace_section_id ids[TRACE_STEP_COLUMNS] = {
	[TRACE_STEP_COLUMN_KIND] = TRACE_SECTION_KIND,
	[TRACE_STEP_COLUMN_CPU] = TRACE_SECTION_CPU,
	[TRACE_STEP_COLUMN_TIME] = TRACE_SECTION_TIME,
	[TRACE_STEP_COLUMN_PFN] = TRACE_SECTION_PFN,
	[TRACE_STEP_COLUMN_ORDER] = TRACE_SECTION_ORDER,
	[TRACE_STEP_COLUMN_TYPE] = TRACE_SECTION_TYPE,
	[TRACE_STEP_COLUMN_VALUE] = TRACE_SECTION_VALUES,
	[TRACE_STEP_COLUMN_VALUE + 1] = TRACE_SECTION_VALUES + 1,
	[TRACE_STEP_COLUMN_VALUE + 2] = TRACE_SECTION_VALUES + 2,
};

/* Which column each bit of `has` asks for. */
static const struct {
	uint8_t bit, column;
} optional[] = {
	{ PFN, TRACE_STEP_COLUMN_PFN },       { ORDER, TRACE_STEP_COLUMN_ORDER },
	{ TYPE, TRACE_STEP_COLUMN_TYPE },     { ONE, TRACE_STEP_COLUMN_VALUE },
	{ TWO, TRACE_STEP_COLUMN_VALUE + 1 }, { THREE, TRACE_STEP_COLUMN_VALUE + 2 },
};

#define OPTIONAL (sizeof(optional) / sizeof(*optional))

const char *trace_step_wrong(const struct trace_step *t, unsigned cpus)
{
	if (t->kind >= TRACE_STEP_KINDS)
		return "its kind is unknown";
	if (t->order >= TRACE_ORDERS)
		return "its order or zone is above 10";
	if (t->cpu >= cpus)
		return "its CPU is not in the header";
	return NULL;
}

/* ---- what is expected ------------------------------------------------------------------- */

static uint64_t *pfn_guess(struct trace_step_guess *g, const struct trace_step *t)
{
	unsigned type = (unsigned)t->type & 3;

	return &g->pfn[((t->cpu * 16u + t->kind) * 4 + type) % TRACE_STEP_PFN_SLOTS];
}

/* Refills go up through a block, drains go down through what was filled. */
static uint64_t behind(const struct trace_step *t)
{
	if (t->pfn == TRACE_NO_PFN)
		return 0;
	if (t->kind == TRACE_STEP_DRAIN)
		return t->pfn - 1;
	return t->pfn + (UINT64_C(1) << t->order);
}

static int64_t *free_guess(struct trace_step_guess *g, const struct trace_step *t)
{
	return &g->free[((uint64_t)t->value[0] * 4 + t->order) % TRACE_STEP_ZONE_SLOTS];
}

/* The third value of a fold is the counter, which the delta before it moves. */
static uint64_t expected(struct trace_step_guess *g, const struct trace_step *t, unsigned value)
{
	if (t->kind != TRACE_STEP_FOLD || value != 2)
		return 0;
	return (uint64_t)*free_guess(g, t) + (uint64_t)t->value[1];
}

static void note(struct trace_step_guess *g, const struct trace_step *t)
{
	if (has[t->kind] & PFN)
		*pfn_guess(g, t) = behind(t);
	if (t->kind == TRACE_STEP_FOLD)
		*free_guess(g, t) = t->value[2];
}

/* ---- writing ---------------------------------------------------------------------------- */

static void put(struct trace_numbers_out *column, const struct trace_step *t, uint64_t time,
		struct trace_step_guess *g)
{
	unsigned bits = has[t->kind];

	trace_numbers_put(&column[TRACE_STEP_COLUMN_KIND], t->kind);
	trace_numbers_put(&column[TRACE_STEP_COLUMN_CPU], t->cpu);
	trace_numbers_put(&column[TRACE_STEP_COLUMN_TIME], t->time - time);
	if (bits & ORDER)
		trace_numbers_put(&column[TRACE_STEP_COLUMN_ORDER], t->order);
	if (bits & TYPE)
		trace_numbers_put(&column[TRACE_STEP_COLUMN_TYPE],
				  trace_bytes_zigzag(0, (uint64_t)(int64_t)t->type));
	if (bits & PFN)
		trace_numbers_put(&column[TRACE_STEP_COLUMN_PFN],
				  trace_bytes_zigzag(*pfn_guess(g, t), t->pfn));
	for (unsigned i = 0; i < 3; i++)
		if (bits & ((unsigned)ONE << i))
			trace_numbers_put(
				&column[TRACE_STEP_COLUMN_VALUE + i],
				trace_bytes_zigzag(expected(g, t, i), (uint64_t)t->value[i]));
	note(g, t);
}

bool trace_step_encode(const struct trace_block_head *head, const struct trace_step *steps,
		       struct trace_frame_bytes *out, struct trace_error *err)
{
	struct trace_numbers_out column[TRACE_STEP_COLUMNS] = { 0 };
	struct trace_step_guess *g = calloc(1, sizeof(*g));
	uint64_t time = head->first_time;

	if (!g)
		return trace_error_memory(err);
	trace_block_put_head(head, out);
	for (uint64_t i = 0; i < head->count; i++) {
		put(column, &steps[i], time, g);
		time = steps[i].time;
	}
	for (unsigned i = 0; i < TRACE_STEP_COLUMNS; i++) {
		trace_section_put_numbers(out, ids[i], &column[i]);
		trace_numbers_free(&column[i]);
	}
	free(g);
	return !out->bytes.lost || trace_error_memory(err);
}

/* ---- reading ---------------------------------------------------------------------------- */

bool trace_step_open(struct trace_step_block *b, const struct trace_sections *s, unsigned cpus,
		     struct trace_error *err)
{
	static const enum trace_step_column always[] = { TRACE_STEP_COLUMN_KIND,
							 TRACE_STEP_COLUMN_CPU,
							 TRACE_STEP_COLUMN_TIME };

	if (!trace_block_head(s, &b->head, err))
		return false;
	for (unsigned i = 0; i < TRACE_STEP_COLUMNS; i++)
		if (!trace_section_numbers(s, ids[i], "steps", &b->column[i], err))
			return false;
	for (unsigned i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (!trace_block_is_full(&b->head, ids[always[i]], &b->column[always[i]], err))
			return false;
	memset(&b->guess, 0, sizeof(b->guess));
	b->cpus = cpus;
	b->done = 0;
	b->time = b->head.first_time;
	return true;
}

static uint64_t number(struct trace_step_block *b, unsigned column)
{
	uint64_t v;

	trace_numbers_read(&b->column[column], &v, 1);
	return v;
}

static bool has_all(const struct trace_step_block *b, unsigned bits)
{
	for (unsigned i = 0; i < OPTIONAL; i++)
		if (bits & optional[i].bit && !b->column[optional[i].column].left)
			return false;
	return true;
}

/* Kind, CPU and time, which every step has. */
static const char *read_head(struct trace_step_block *b, struct trace_step *t)
{
	uint64_t kind = number(b, TRACE_STEP_COLUMN_KIND);
	uint64_t cpu = number(b, TRACE_STEP_COLUMN_CPU);
	uint64_t time = number(b, TRACE_STEP_COLUMN_TIME);

	if (kind >= TRACE_STEP_KINDS)
		return "its kind is unknown";
	if (cpu > 65535)
		return "a field is out of range";
	if (time > b->head.last_time - b->time)
		return "its time is beyond the block's last";
	*t = (struct trace_step){ .time = b->time += time,
				  .pfn = TRACE_NO_PFN,
				  .cpu = (uint16_t)cpu,
				  .kind = (uint8_t)kind };
	return has_all(b, has[kind]) ? NULL : "a column ends before it";
}

static const char *read_step(struct trace_step_block *b, struct trace_step *t)
{
	const char *wrong = read_head(b, t);
	uint64_t order = 0, type = 0;
	unsigned bits;

	if (wrong)
		return wrong;
	bits = has[t->kind];
	if (bits & ORDER)
		order = number(b, TRACE_STEP_COLUMN_ORDER);
	if (bits & TYPE)
		type = trace_bytes_unzigzag(0, number(b, TRACE_STEP_COLUMN_TYPE));
	if (order > 255 || type + 128 > 255)
		return "a field is out of range";
	t->order = (uint8_t)order;
	t->type = (int8_t)(int64_t)type;
	wrong = trace_step_wrong(t, b->cpus);
	if (wrong)
		return wrong;
	if (bits & PFN)
		t->pfn = trace_bytes_unzigzag(*pfn_guess(&b->guess, t),
					      number(b, TRACE_STEP_COLUMN_PFN));
	for (unsigned i = 0; i < 3; i++)
		if (bits & ((unsigned)ONE << i))
			t->value[i] = (int64_t)trace_bytes_unzigzag(
				expected(&b->guess, t, i),
				number(b, TRACE_STEP_COLUMN_VALUE + i));
	note(&b->guess, t);
	return NULL;
}

static bool all_read(const struct trace_step_block *b, struct trace_error *err)
{
	for (unsigned i = 0; i < TRACE_STEP_COLUMNS; i++)
		if (b->column[i].left)
			return trace_error_data(err, "column %u is longer than its steps need",
						(unsigned)ids[i]);
	return true;
}

long trace_step_next(struct trace_step_block *b, struct trace_step *steps, size_t n,
		     struct trace_error *err)
{
	size_t given = 0;

	for (; given < n && b->done < b->head.count; given++, b->done++) {
		const char *wrong = read_step(b, &steps[given]);

		if (wrong) {
			trace_error_data(err, "step %llu: %s",
					 (unsigned long long)(b->head.first_event + b->done),
					 wrong);
			return -1;
		}
	}
	return b->done < b->head.count || all_read(b, err) ? (long)given : -1;
}
