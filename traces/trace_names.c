#include "traces/trace_names.h"

#include <inttypes.h>
#include <stdlib.h>

#define MOST_NAMES (1u << 26) /* 2 GiB of ours */
#define PIECE (1u << 20)      /* names of a frame, which bounds what a few bytes can ask for */
#define MOST (UINT64_C(1) << 40)

enum { OBJECT, OFFSET, ORDER, HOLDS, RANK, TASK, COLUMNS };

static const enum trace_section_id ids[COLUMNS] = {
	TRACE_SECTION_OBJECT, TRACE_SECTION_VALUE,  TRACE_SECTION_ORDER,
	TRACE_SECTION_KIND,   TRACE_SECTION_LENGTH, TRACE_SECTION_TASK,
};

void trace_names_free(struct trace_names *names)
{
	if (names)
		free(names->name);
	free(names);
}

/* ---- writing --------------------------------------------------------------------------- */

static void put_head(struct trace_frame_bytes *out, uint64_t all, uint64_t first,
		     uint64_t count)
{
	struct trace_bytes head = { 0 };

	trace_section_begin(out, TRACE_SECTION_NAMES);
	trace_bytes_varint(&head, all);
	trace_bytes_varint(&head, first);
	trace_bytes_varint(&head, count);
	trace_section_put(out, TRACE_SECTION_HEAD, &head);
	trace_bytes_free(&head);
}

static void put_name(struct trace_numbers_out *column, const struct trace_name *n,
		     const struct trace_name *before)
{
	trace_numbers_put(&column[OBJECT],
			  trace_bytes_zigzag(before ? before->object + 1 : 0, n->object));
	trace_numbers_put(&column[OFFSET], n->offset);
	trace_numbers_put(&column[ORDER], n->order);
	trace_numbers_put(&column[HOLDS], n->holds);
	trace_numbers_put(&column[RANK],
			  trace_bytes_zigzag(before ? before->rank + 1 : 0, n->rank));
	trace_numbers_put(&column[TASK], n->task);
}

bool trace_names_encode(const struct trace_names *names, struct trace_frame_bytes *scratch,
			bool (*write)(void *ctx, const struct trace_frame_bytes *frame,
				      struct trace_error *err),
			void *ctx, struct trace_error *err)
{
	struct trace_numbers_out column[COLUMNS] = { 0 };
	uint64_t at = 0;
	bool ok = true;

	do {
		uint64_t n = names->n - at < PIECE ? names->n - at : PIECE;

		for (unsigned c = 0; c < COLUMNS; c++)
			trace_numbers_reset(&column[c]);
		for (uint64_t i = at; i < at + n; i++)
			put_name(column, &names->name[i], i > at ? &names->name[i - 1] : NULL);
		put_head(scratch, names->n, at, n);
		for (unsigned c = 0; c < COLUMNS; c++)
			trace_section_put_numbers(scratch, ids[c], &column[c]);
		ok = write(ctx, scratch, err);
		at += n;
	} while (ok && at < names->n);
	for (unsigned c = 0; c < COLUMNS; c++)
		trace_numbers_free(&column[c]);
	return ok;
}

/* ---- reading --------------------------------------------------------------------------- */

static bool read_name(struct trace_numbers_in *column, struct trace_name *n,
		      const struct trace_name *before, struct trace_error *err)
{
	uint64_t v[COLUMNS];

	for (unsigned c = 0; c < COLUMNS; c++)
		trace_numbers_read(&column[c], &v[c], 1);
	v[OBJECT] = trace_bytes_unzigzag(before ? before->object + 1 : 0, v[OBJECT]);
	v[RANK] = trace_bytes_unzigzag(before ? before->rank + 1 : 0, v[RANK]);
	if (v[OBJECT] >= MOST || v[ORDER] >= TRACE_ORDERS ||
	    v[OFFSET] >= UINT64_C(1) << (TRACE_ORDERS - 1) || v[HOLDS] > UINT8_MAX ||
	    v[RANK] > UINT32_MAX || v[TASK] > UINT32_MAX)
		return trace_error_data(err, "a name of an object is out of range");
	*n = (struct trace_name){ .object = v[OBJECT],
				  .offset = (uint32_t)v[OFFSET],
				  .rank = (uint32_t)v[RANK],
				  .task = (uint32_t)v[TASK],
				  .order = (uint8_t)v[ORDER],
				  .holds = (uint8_t)v[HOLDS] };
	return true;
}

static bool read_columns(struct trace_names *names, const struct trace_sections *s,
			 uint64_t count, struct trace_error *err)
{
	struct trace_numbers_in column[COLUMNS];
	struct trace_name *more;

	for (unsigned c = 0; c < COLUMNS; c++) {
		if (!trace_section_numbers(s, ids[c], "names of objects", &column[c], err))
			return false;
		if (column[c].left != count)
			return trace_error_data(err, "names of objects: columns of different "
						     "length");
	}
	more = realloc(names->name, (names->n + count + 1) * sizeof(*more));
	if (!more)
		return trace_error_memory(err);
	names->name = more;
	for (uint64_t i = 0; i < count; i++)
		if (!read_name(column, &more[names->n + i], i ? &more[names->n + i - 1] : NULL,
			       err))
			return false;
	names->n += count;
	return true;
}

bool trace_names_decode(struct trace_names *names, const struct trace_bytes *frame, bool *whole,
			struct trace_error *err)
{
	struct trace_sections s;
	struct trace_bytes_in head;
	uint64_t all, first, count;

	if (!trace_section_is(frame, TRACE_SECTION_NAMES))
		return trace_error_data(err, "expected names of objects");
	if (!trace_section_open(&s, frame, err) ||
	    !trace_section_in(&s, TRACE_SECTION_HEAD, "head", &head, err))
		return false;
	all = trace_bytes_in_varint(&head);
	first = trace_bytes_in_varint(&head);
	count = trace_bytes_in_varint(&head);
	if (head.bad || first != names->n || count > PIECE || count > all - first ||
	    first > all || (!count && all))
		return trace_error_data(err, "names of objects are out of their place");
	if (all > MOST_NAMES)
		return trace_error_data(err,
					"%" PRIu64 " names of objects, at most %u can be read",
					all, MOST_NAMES);
	if (!read_columns(names, &s, count, err))
		return false;
	*whole = names->n == all;
	return true;
}
