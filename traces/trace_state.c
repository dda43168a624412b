#include "traces/trace_state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RUNS 65536
#define MAX_PFN (UINT64_C(1) << 52)
#define MAX_ENTRIES (UINT64_C(1) << 28) /* a TiB in single pages, 4 GiB of ours */

enum list { FREE, USED, PCP, BLOCKS, LISTS };

static const char *const names[LISTS] = { "free blocks", "used blocks", "per-cpu pages",
					  "pageblock types" };

/* An entry of any of the four lists. For pageblock types pfn is the pageblock's number. */
struct item {
	uint64_t pfn;
	uint16_t cpu;
	uint8_t order, tag;
};

void trace_state_free(struct trace_state *s)
{
	if (!s)
		return;
	free(s->free);
	free(s->used);
	free(s->pcp);
	free(s->block_type);
	free(s);
}

uint64_t trace_state_objects(const struct trace_state *s)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < s->nused; i++)
		n += !(s->used[i].use & TRACE_USE_PINNED);
	return n;
}

/* ---- writing --------------------------------------------------------------------------- */

static struct item item_of(const struct trace_state *s, enum list list, uint64_t i)
{
	switch (list) {
	case FREE:
		return (struct item){ s->free[i].pfn, 0, s->free[i].order, s->free[i].type };
	case USED:
		return (struct item){ s->used[i].pfn, 0, s->used[i].order, s->used[i].use };
	case PCP:
		return (struct item){ s->pcp[i].pfn, s->pcp[i].cpu, s->pcp[i].order,
				      s->pcp[i].type };
	default:
		return (struct item){ i, 0, 0, s->block_type[i] };
	}
}

static bool follows(struct item a, uint64_t count, struct item b)
{
	return b.pfn == a.pfn + (count << a.order) && b.order == a.order && b.tag == a.tag &&
	       b.cpu == a.cpu;
}

enum { PFN, ORDER, TAG, LENGTH, CPU, COLUMNS };

static const enum trace_section_id ids[COLUMNS] = {
	TRACE_SECTION_PFN,    TRACE_SECTION_ORDER, TRACE_SECTION_TYPE,
	TRACE_SECTION_LENGTH, TRACE_SECTION_CPU,
};

struct encoder {
	const struct trace_state *s;
	struct trace_numbers_out column[COLUMNS];
	uint64_t behind; /* the frame after the last entry */
};

static void put_run(struct encoder *e, struct item first, uint64_t count)
{
	trace_numbers_put(&e->column[PFN], trace_bytes_zigzag(e->behind, first.pfn));
	trace_numbers_put(&e->column[ORDER], first.order);
	trace_numbers_put(&e->column[TAG], first.tag);
	trace_numbers_put(&e->column[LENGTH], count - 1);
	trace_numbers_put(&e->column[CPU], first.cpu);
	e->behind = first.pfn + (count << first.order);
}

/* Puts the runs from entry `from` on into the columns; returns how many entries they hold. */
static uint64_t collect_runs(struct encoder *e, enum list list, uint64_t from, uint64_t total)
{
	uint64_t end = total - from > TRACE_STATE_PIECE ? from + TRACE_STATE_PIECE : total;
	uint64_t at = from;

	for (unsigned i = 0; i < COLUMNS; i++)
		trace_numbers_reset(&e->column[i]);
	e->behind = 0;
	for (unsigned runs = 0; at < end && runs < MAX_RUNS; runs++) {
		struct item first = item_of(e->s, list, at);
		uint64_t count = 1;

		while (at + count < end &&
		       follows(first, count, item_of(e->s, list, at + count)))
			count++;
		put_run(e, first, count);
		at += count;
	}
	return at - from;
}

static void put_head(struct trace_frame_bytes *out, const char *letters, const uint64_t *v,
		     size_t n)
{
	struct trace_bytes head = { 0 };

	trace_section_begin(out, letters);
	for (size_t i = 0; i < n; i++)
		trace_bytes_varint(&head, v[i]);
	trace_section_put(out, TRACE_SECTION_HEAD, &head);
	trace_bytes_free(&head);
}

static bool check_list(const struct trace_state *s, enum list list, uint64_t total,
		       struct trace_error *err)
{
	uint64_t behind = 0;
	bool ascending = list == USED || (list == FREE && !s->ordered);

	for (uint64_t i = 0; i < total; i++) {
		struct item x = item_of(s, list, i);

		if (x.order >= TRACE_ORDERS || x.pfn >= MAX_PFN ||
		    (ascending && x.pfn < behind))
			return trace_error_data(err,
						"start state: %s: entry %llu is out of range "
						"or not in ascending order",
						names[list], (unsigned long long)i);
		behind = x.pfn + (UINT64_C(1) << x.order);
	}
	return true;
}

bool trace_state_encode(const struct trace_state *s, const char *letters,
			struct trace_frame_bytes *scratch,
			bool (*write)(void *ctx, const struct trace_frame_bytes *frame,
				      struct trace_error *err),
			void *ctx, struct trace_error *err)
{
	const uint64_t totals[LISTS] = { s->nfree, s->nused, s->npcp, s->nblocks };
	const uint64_t head[] = { 0, s->nfree, s->nused, s->npcp, s->nblocks, s->ordered };
	struct encoder e = { .s = s };
	bool ok;

	put_head(scratch, letters, head, sizeof(head) / sizeof(*head));
	ok = write(ctx, scratch, err);
	for (enum list list = FREE; ok && list < LISTS; list++) {
		ok = check_list(s, list, totals[list], err);
		for (uint64_t at = 0; ok && at < totals[list];) {
			uint64_t n = collect_runs(&e, list, at, totals[list]);
			const uint64_t piece[] = { list + 1u, at, n };

			put_head(scratch, letters, piece, sizeof(piece) / sizeof(*piece));
			for (unsigned i = 0; i < COLUMNS; i++)
				trace_section_put_numbers(scratch, ids[i], &e.column[i]);
			ok = write(ctx, scratch, err);
			at += n;
		}
	}
	for (unsigned i = 0; i < COLUMNS; i++)
		trace_numbers_free(&e.column[i]);
	return ok;
}

/* ---- reading --------------------------------------------------------------------------- */

static bool read_totals(struct trace_state_in *in, struct trace_bytes_in *head,
			struct trace_error *err)
{
	uint64_t all = 0;
	struct trace_state *s;

	if (in->state)
		return trace_error_data(err, "the start state begins twice");
	for (enum list list = FREE; list < LISTS; list++) {
		in->total[list] = trace_bytes_in_varint(head);
		all |= in->total[list];
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return trace_error_memory(err);
	s->ordered = trace_bytes_in_varint(head) != 0;
	in->state = s;
	in->whole = !all;
	if (head->bad)
		return trace_error_data(err, "the start state's totals are damaged");
	for (enum list list = FREE; list < LISTS; list++)
		if (in->total[list] > MAX_ENTRIES)
			return trace_error_data(err,
						"the start state has %" PRIu64
						" entries of a kind, at most %" PRIu64
						" can be read",
						in->total[list], MAX_ENTRIES);
	return true;
}

static bool grow(void *array, uint64_t *cap, uint64_t want, size_t entry,
		 struct trace_error *err)
{
	void **p = array, *new;
	uint64_t n = *cap ? *cap : 1024;

	while (n < want)
		n *= 2;
	if (n == *cap)
		return true;
	new = realloc(*p, n * entry);
	if (!new)
		return trace_error_memory(err);
	*p = new;
	*cap = n;
	return true;
}

static bool make_room(struct trace_state_in *in, enum list list, uint64_t want,
		      struct trace_error *err)
{
	struct trace_state *s = in->state;
	uint64_t *cap = &in->cap[list];

	switch (list) {
	case FREE:
		return grow(&s->free, cap, want, sizeof(*s->free), err);
	case USED:
		return grow(&s->used, cap, want, sizeof(*s->used), err);
	case PCP:
		return grow(&s->pcp, cap, want, sizeof(*s->pcp), err);
	default:
		return grow(&s->block_type, cap, want, sizeof(*s->block_type), err);
	}
}

static void store(struct trace_state *s, enum list list, struct item x)
{
	switch (list) {
	case FREE:
		s->free[s->nfree++] = (struct trace_free){ x.pfn, x.order, x.tag };
		break;
	case USED:
		s->used[s->nused++] = (struct trace_used){ x.pfn, x.order, x.tag };
		break;
	case PCP:
		s->pcp[s->npcp++] = (struct trace_pcp){ x.pfn, x.cpu, x.order, x.tag };
		break;
	default:
		s->block_type[s->nblocks++] = x.tag;
		break;
	}
}

/* The end of the list so far, for lists that ascend. */
static uint64_t least_pfn(const struct trace_state *s, enum list list)
{
	if (list == USED && s->nused)
		return s->used[s->nused - 1].pfn + (1u << s->used[s->nused - 1].order);
	if (list == FREE && s->nfree && !s->ordered)
		return s->free[s->nfree - 1].pfn + (1u << s->free[s->nfree - 1].order);
	return list == BLOCKS ? s->nblocks : 0;
}

struct runs {
	struct trace_numbers_in column[COLUMNS];
	uint64_t behind;
};

static bool read_run(struct trace_state_in *in, struct runs *r, enum list list, uint64_t end,
		     struct trace_error *err)
{
	uint64_t v[COLUMNS], count;
	struct item x;

	for (unsigned i = 0; i < COLUMNS; i++)
		trace_numbers_read(&r->column[i], &v[i], 1);
	v[PFN] = trace_bytes_unzigzag(r->behind, v[PFN]);
	if (v[ORDER] >= TRACE_ORDERS || v[TAG] > 255 || v[CPU] >= in->cpus ||
	    v[PFN] >= MAX_PFN || v[LENGTH] >= end - in->have[list])
		return trace_error_data(err, "%s: entry %llu is out of range", names[list],
					(unsigned long long)in->have[list]);
	if (v[PFN] < least_pfn(in->state, list) ||
	    (list == BLOCKS && v[PFN] != in->state->nblocks))
		return trace_error_data(err, "%s: entry %llu is not in ascending order",
					names[list], (unsigned long long)in->have[list]);
	count = v[LENGTH] + 1;
	x = (struct item){ v[PFN], (uint16_t)v[CPU], (uint8_t)v[ORDER], (uint8_t)v[TAG] };
	for (uint64_t i = 0; i < count; i++, x.pfn += UINT64_C(1) << x.order)
		store(in->state, list, x);
	in->have[list] += count;
	r->behind = x.pfn;
	return true;
}

static bool read_piece(struct trace_state_in *in, enum list list, uint64_t count,
		       const struct trace_sections *s, struct trace_error *err)
{
	uint64_t end = in->have[list] + count, runs;
	struct runs r = { .behind = 0 };

	for (unsigned i = 0; i < COLUMNS; i++) {
		if (!trace_section_numbers(s, ids[i], names[list], &r.column[i], err))
			return false;
		if (r.column[i].left != r.column[0].left)
			return trace_error_data(err, "%s: columns of different length",
						names[list]);
	}
	if (!make_room(in, list, end, err))
		return false;
	runs = r.column[0].left;
	for (uint64_t i = 0; i < runs; i++)
		if (!read_run(in, &r, list, end, err))
			return false;
	return in->have[list] == end ||
	       trace_error_data(err, "%s: expected %llu entries, found %llu", names[list],
				(unsigned long long)end, (unsigned long long)in->have[list]);
}

bool trace_state_decode(struct trace_state_in *in, const struct trace_bytes *frame,
			struct trace_error *err)
{
	struct trace_sections s;
	struct trace_bytes_in head;
	uint64_t list, first, count;

	if (!trace_section_is(frame, in->letters ? in->letters : TRACE_SECTION_STATE))
		return trace_error_data(err, "expected a piece of the %s state",
					in->letters ? "final" : "start");
	if (!trace_section_open(&s, frame, err) ||
	    !trace_section_in(&s, TRACE_SECTION_HEAD, "head", &head, err))
		return false;
	list = trace_bytes_in_varint(&head);
	if (list == 0)
		return read_totals(in, &head, err);
	first = trace_bytes_in_varint(&head);
	count = trace_bytes_in_varint(&head);
	if (head.bad || !in->state || list > LISTS || first != in->have[list - 1] || !count ||
	    count > TRACE_STATE_PIECE || count > in->total[list - 1] - first)
		return trace_error_data(err, "a piece of the start state is out of its place");
	if (!read_piece(in, (enum list)(list - 1), count, &s, err))
		return false;
	in->whole = true;
	for (unsigned i = 0; i < LISTS; i++)
		in->whole = in->whole && in->have[i] == in->total[i];
	return true;
}
