#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "traces/import.h"
#include "traces/import_map.h"
#include "traces/trace_end.h"
#include "traces/trace_header.h"
#include "traces/trace_scan.h"
#include "traces/trace_text.h"

#define MAGIC_SIZE (sizeof(TRACE_TEXT_MAGIC) - 1)
#define MOST_BLOCKS (UINT64_C(1) << 26) /* 128 TiB */

bool trace_text_import_is(const void *data, size_t size)
{
	return size >= MAGIC_SIZE && memcmp(data, TRACE_TEXT_MAGIC, MAGIC_SIZE) == 0;
}

static bool wrong(struct trace_text_in *t, const char *what)
{
	return trace_error_data(t->err, "%s", what);
}

/* ---- words ------------------------------------------------------------------------------- */

static bool word(struct trace_text_in *t, const char *want)
{
	size_t n = strlen(want);

	if (strncmp(t->at, want, n) != 0 || (t->at[n] && t->at[n] != ' '))
		return false;
	t->at += n + (t->at[n] == ' ');
	return true;
}

bool trace_text_import_number(struct trace_text_in *t, uint64_t most, uint64_t *v)
{
	const char *end = t->at;

	if (*t->at < '0' || *t->at > '9')
		return wrong(t, "a number is missing");
	if (!trace_scan_number(&end, 10, most, v) || (*end && *end != ' '))
		return wrong(t, "a number is out of range or damaged");
	t->at += end - t->at + (*end == ' ');
	return true;
}

static bool number_or_sign(struct trace_text_in *t, int64_t least, int64_t most, int64_t *v)
{
	const char *end = t->at;

	if (!trace_scan_signed(&end, least, most, v) || (*end && *end != ' '))
		return wrong(t, "a number is missing, out of range or damaged");
	t->at += end - t->at + (*end == ' ');
	return true;
}

static bool pfn_or_none(struct trace_text_in *t, uint64_t *pfn)
{
	if (t->at[0] == '-' && (t->at[1] == ' ' || !t->at[1])) {
		t->at += 1 + (t->at[1] == ' ');
		*pfn = TRACE_NO_PFN;
		return true;
	}
	return trace_text_import_number(t, UINT64_MAX, pfn);
}

static bool line_ends(struct trace_text_in *t)
{
	return !*t->at || wrong(t, "there is more on the line than belongs to it");
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The rest of the line without its \xHH, in its place. */
static bool rest(struct trace_text_in *t, char **out)
{
	char *to = t->line + (t->at - t->line);
	const char *from = t->at;

	*out = to;
	while (*from) {
		int high, low;

		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		high = from[1] == 'x' ? hex(from[2]) : -1;
		low = high >= 0 ? hex(from[3]) : -1;
		if (low < 0 || !(high * 16 + low))
			return wrong(t, "after a \\ there are no x and two digits");
		*to++ = (char)(high * 16 + low);
		from += 4;
	}
	*to = '\0';
	return true;
}

/* ---- one kind of line each --------------------------------------------------------------- */

static bool read_header(struct trace_text_in *t)
{
	struct trace_bytes json = { .data = (uint8_t *)(t->line + (t->at - t->line)),
				    .len = strlen(t->at) };

	if (t->header_there)
		return wrong(t, "there is a header already");
	if (!trace_header_decode(t->header, &json, t->err))
		return false;
	t->header_there = true;
	t->writer = trace_writer_open(t->o->output, t->header, t->o->level, t->err);
	return t->writer != NULL;
}

static bool read_end(struct trace_text_in *t)
{
	json_t *o = json_loads(t->at, 0, NULL);
	struct trace_end *e = o ? trace_end_decode(o, t->err) : NULL;
	bool ok;

	if (!o)
		return wrong(t, "the end state is no JSON");
	json_decref(o);
	ok = e && trace_writer_end(t->writer, e, t->err);
	trace_end_free(e);
	return ok;
}

static bool read_task(struct trace_text_in *t)
{
	uint32_t index;
	int64_t pid;
	char *comm;

	return number_or_sign(t, INT32_MIN, INT32_MAX, &pid) && rest(t, &comm) &&
	       (strlen(comm) < 16 || wrong(t, "a command's name is too long")) &&
	       trace_writer_task(t->writer, (int32_t)pid, comm, &index, t->err);
}

static bool read_gfp(struct trace_text_in *t)
{
	uint16_t index;
	char *name;

	return rest(t, &name) && trace_writer_gfp(t->writer, name, &index, t->err);
}

static bool read_text(struct trace_text_in *t)
{
	uint32_t index;
	char *text;

	return rest(t, &text) && trace_writer_text(t->writer, text, &index, t->err);
}

static bool read_truth(struct trace_text_in *t)
{
	uint64_t kind, cpu, task, order;
	struct trace_truth r = { 0 };
	int64_t type;

	if (!trace_text_import_number(t, UINT8_MAX, &kind) ||
	    !trace_text_import_number(t, UINT64_MAX, &r.time) ||
	    !trace_text_import_number(t, UINT16_MAX, &cpu) ||
	    !trace_text_import_number(t, UINT32_MAX, &task) ||
	    !trace_text_import_number(t, UINT8_MAX, &order) ||
	    !number_or_sign(t, INT8_MIN, INT8_MAX, &type) || !pfn_or_none(t, &r.pfn))
		return false;
	for (unsigned i = 0; i < 4; i++)
		if (!trace_text_import_number(t, UINT64_MAX, &r.value[i]))
			return false;
	r.kind = (uint8_t)kind;
	r.cpu = (uint16_t)cpu;
	r.task = (uint32_t)task;
	r.order = (uint8_t)order;
	r.type = (int8_t)type;
	t->totals->truths++;
	return line_ends(t) && trace_writer_truth(t->writer, &r, 1, t->err);
}

static bool read_step(struct trace_text_in *t)
{
	uint64_t kind, cpu, order;
	struct trace_step r = { 0 };
	int64_t type;

	if (!trace_text_import_number(t, UINT8_MAX, &kind) ||
	    !trace_text_import_number(t, UINT64_MAX, &r.time) ||
	    !trace_text_import_number(t, UINT16_MAX, &cpu) ||
	    !trace_text_import_number(t, UINT8_MAX, &order) ||
	    !number_or_sign(t, INT8_MIN, INT8_MAX, &type) || !pfn_or_none(t, &r.pfn))
		return false;
	for (unsigned i = 0; i < 3; i++)
		if (!number_or_sign(t, INT64_MIN, INT64_MAX, &r.value[i]))
			return false;
	r.kind = (uint8_t)kind;
	r.cpu = (uint16_t)cpu;
	r.order = (uint8_t)order;
	r.type = (int8_t)type;
	t->totals->steps++;
	return line_ends(t) && trace_writer_steps(t->writer, &r, 1, t->err);
}

/* ---- events ------------------------------------------------------------------------------ */

enum { ORDER, GFP, NODE, OBJECT, PFN, VALUE, FLAGS, FIELDS };

static bool read_fields(struct trace_text_in *t, uint64_t *v)
{
	static const struct {
		const char *name;
		uint64_t most;
	} fields[FIELDS] = {
		{ "order=", UINT8_MAX },   { "gfp=", UINT16_MAX }, { "node=", UINT8_MAX },
		{ "object=", UINT64_MAX }, { "pfn=", UINT64_MAX }, { "value=", UINT32_MAX },
		{ "flags=", UINT8_MAX },
	};

	while (*t->at) {
		unsigned f = 0;

		while (f < FIELDS && strncmp(t->at, fields[f].name, strlen(fields[f].name)))
			f++;
		if (f == FIELDS)
			return wrong(t, "there is a field that is not known");
		t->at += strlen(fields[f].name);
		if (!trace_text_import_number(t, fields[f].most, &v[f]))
			return false;
	}
	return true;
}

bool trace_text_import_fields(struct trace_text_in *t, struct trace_event *e)
{
	uint64_t v[FIELDS] = {
		[NODE] = TRACE_NODE_LOCAL, [OBJECT] = TRACE_NO_OBJECT, [PFN] = TRACE_NO_PFN
	};

	if (!read_fields(t, v))
		return false;
	e->object = v[OBJECT];
	e->pfn = v[PFN];
	e->value = (uint32_t)v[VALUE];
	e->gfp = (uint16_t)v[GFP];
	e->order = (uint8_t)v[ORDER];
	e->node = (uint8_t)v[NODE];
	e->flags = (uint8_t)v[FLAGS];
	return true;
}

bool trace_text_import_event(struct trace_text_in *t, struct trace_event *e)
{
	if (e->kind == TRACE_ALLOC)
		e->object = t->next_object++;
	t->totals->events++;
	t->totals->allocs += e->kind == TRACE_ALLOC;
	t->totals->frees += e->kind == TRACE_FREE;
	return trace_writer_events(t->writer, e, 1, t->err);
}

static bool read_event(struct trace_text_in *t, enum trace_kind kind)
{
	struct trace_event e = { .kind = (uint8_t)kind };
	uint64_t cpu, task;

	if (!trace_text_import_number(t, UINT64_MAX, &e.time) ||
	    !trace_text_import_number(t, UINT16_MAX, &cpu) ||
	    !trace_text_import_number(t, UINT32_MAX, &task) || !trace_text_import_fields(t, &e))
		return false;
	e.cpu = (uint16_t)cpu;
	e.task = (uint32_t)task;
	return trace_text_import_event(t, &e);
}

/* ---- states ------------------------------------------------------------------------------ */

static bool begin_state(struct trace_text_in *t, bool final)
{
	uint64_t ordered;

	if (!trace_text_import_number(t, 1, &ordered) || !line_ends(t))
		return false;
	t->state.ordered = ordered;
	t->state.nfree = t->state.nused = t->state.npcp = t->state.nblocks = 0;
	t->state_open = true;
	t->state_is_final = final;
	return true;
}

static bool end_state(struct trace_text_in *t)
{
	if (!t->state_open)
		return true;
	t->state_open = false;
	if (t->state_is_final)
		return trace_writer_final(t->writer, &t->state, t->err);
	for (uint64_t i = 0; i < t->state.nused; i++)
		t->next_object += !(t->state.used[i].use & TRACE_USE_PINNED);
	return trace_writer_state(t->writer, &t->state, t->err);
}

static bool read_blocks(struct trace_text_in *t)
{
	struct trace_state *s = &t->state;
	uint64_t type, n;

	if (!trace_text_import_number(t, UINT8_MAX, &type) ||
	    !trace_text_import_number(t, MOST_BLOCKS - s->nblocks, &n) || !line_ends(t) ||
	    !import_source_grow(&s->block_type, &t->block_cap, s->nblocks + n, 1, t->err))
		return false;
	memset(s->block_type + s->nblocks, (int)type, n);
	s->nblocks += n;
	return true;
}

static bool read_entry(struct trace_text_in *t, char list)
{
	struct trace_state *s = &t->state;
	uint64_t pfn, order, tag, cpu = 0;

	if (!trace_text_import_number(t, UINT64_MAX, &pfn) ||
	    (list == 'P' && !trace_text_import_number(t, UINT16_MAX, &cpu)) ||
	    !trace_text_import_number(t, UINT8_MAX, &order) ||
	    !trace_text_import_number(t, UINT8_MAX, &tag) || !line_ends(t))
		return false;
	if (list == 'F') {
		if (!import_source_grow(&s->free, &t->free_cap, s->nfree, sizeof(*s->free),
					t->err))
			return false;
		s->free[s->nfree++] = (struct trace_free){ pfn, (uint8_t)order, (uint8_t)tag };
	} else if (list == 'U') {
		if (!import_source_grow(&s->used, &t->used_cap, s->nused, sizeof(*s->used),
					t->err))
			return false;
		s->used[s->nused++] = (struct trace_used){ pfn, (uint8_t)order, (uint8_t)tag };
	} else {
		if (!import_source_grow(&s->pcp, &t->pcp_cap, s->npcp, sizeof(*s->pcp), t->err))
			return false;
		s->pcp[s->npcp++] =
			(struct trace_pcp){ pfn, (uint16_t)cpu, (uint8_t)order, (uint8_t)tag };
	}
	return true;
}

static bool read_state_line(struct trace_text_in *t)
{
	char list = *t->at;

	t->at += 2;
	return list == 'B' ? read_blocks(t) : read_entry(t, list);
}

/* ---- names ------------------------------------------------------------------------------- */

static bool begin_names(struct trace_text_in *t)
{
	uint64_t n;

	if (!trace_text_import_number(t, UINT64_MAX, &n) || !line_ends(t))
		return false;
	t->names.n = 0;
	t->names_open = true;
	return true;
}

static bool read_name(struct trace_text_in *t)
{
	uint64_t object, offset, order, holds, rank, task;

	t->at += 2;
	if (!trace_text_import_number(t, UINT64_MAX, &object) ||
	    !trace_text_import_number(t, UINT32_MAX, &offset) ||
	    !trace_text_import_number(t, UINT8_MAX, &order) ||
	    !trace_text_import_number(t, UINT8_MAX, &holds) ||
	    !trace_text_import_number(t, UINT32_MAX, &rank) ||
	    !trace_text_import_number(t, UINT32_MAX, &task) || !line_ends(t) ||
	    !import_source_grow(&t->names.name, &t->names_cap, t->names.n,
				sizeof(*t->names.name), t->err))
		return false;
	t->names.name[t->names.n++] = (struct trace_name){ .object = object,
							   .offset = (uint32_t)offset,
							   .rank = (uint32_t)rank,
							   .task = (uint32_t)task,
							   .order = (uint8_t)order,
							   .holds = (uint8_t)holds };
	return true;
}

static bool end_names(struct trace_text_in *t)
{
	if (!t->names_open)
		return true;
	t->names_open = false;
	return trace_writer_names(t->writer, &t->names, t->err);
}

/* ---- lines ------------------------------------------------------------------------------- */

bool trace_text_import_whole(struct trace_text_in *t)
{
	return end_state(t) && end_names(t);
}

bool trace_text_import_record(struct trace_text_in *t)
{
	if (word(t, "header"))
		return read_header(t);
	if (!t->header_there)
		return wrong(t, "the header has to stand in front of everything else");
	if (t->state_open && strchr("FUPB", t->at[0]) && t->at[1] == ' ')
		return read_state_line(t);
	if (t->names_open && t->at[0] == 'N' && t->at[1] == ' ')
		return read_name(t);
	if (!trace_text_import_whole(t))
		return false;
	for (unsigned k = 0; k < TRACE_KINDS; k++)
		if (word(t, trace_text_kinds[k]))
			return read_event(t, (enum trace_kind)k);
	if (word(t, "truth"))
		return read_truth(t);
	if (word(t, "step"))
		return read_step(t);
	if (word(t, "gfp"))
		return read_gfp(t);
	if (word(t, "text"))
		return read_text(t);
	if (word(t, "task"))
		return read_task(t);
	if (word(t, "state"))
		return begin_state(t, false);
	if (word(t, "final"))
		return begin_state(t, true);
	if (word(t, "names"))
		return begin_names(t);
	if (word(t, "end"))
		return read_end(t);
	if (word(t, "report"))
		return trace_writer_report(t->writer, t->at, t->err);
	return wrong(t, "no line begins like this");
}

bool trace_text_import_next(struct trace_text_in *t)
{
	const char *nl = memchr(t->data, '\n', (size_t)(t->end - t->data));
	size_t n = (size_t)((nl ? nl : t->end) - t->data);

	t->number++;
	if (!nl)
		return wrong(t, "the text is cut off inside a line");
	if (memchr(t->data, 0, n))
		return wrong(t, "there is a NUL in it");
	if (!import_source_grow(&t->line, &t->line_cap, n, 1, t->err))
		return false;
	memcpy(t->line, t->data, n);
	t->line[n] = '\0';
	t->at = t->line;
	t->data = nl + 1;
	return true;
}

bool trace_text_import_watch(const struct trace_text_in *t, const char *begin)
{
	if (t->number % 1024 || !t->o->watch ||
	    t->o->watch(t->o->watch_ctx, (uint64_t)(t->data - begin),
			(uint64_t)(t->end - begin)))
		return true;
	return trace_error_set(t->err, TRACE_STOPPED, "interrupted");
}

static bool read_line(struct trace_text_in *t)
{
	return trace_text_import_next(t) &&
	       (!*t->at || *t->at == '#' || trace_text_import_record(t));
}

static bool read_all(struct trace_text_in *t, const char *begin)
{
	while (t->data < t->end) {
		if (!trace_text_import_watch(t, begin))
			return false;
		if (!read_line(t))
			return trace_error_at(t->err, "line %zu: ", t->number);
	}
	return (t->header_there || wrong(t, "there is no header")) &&
	       trace_text_import_whole(t);
}

bool trace_text_import_close(struct trace_text_in *t, bool ok)
{
	struct trace_error late;

	ok = ok && import_map_whole(t->o->input, t->err);
	if (t->writer && !trace_writer_close(t->writer, !ok, ok ? t->err : &late))
		ok = false;
	free(t->line);
	free(t->state.free);
	free(t->state.used);
	free(t->state.pcp);
	free(t->state.block_type);
	free(t->names.name);
	return ok;
}

bool trace_text_import(const void *data, size_t size, const char *label,
		       const struct trace_import_options *o, struct trace_header *h,
		       struct trace_totals *totals, struct trace_error *err)
{
	struct trace_text_in t = { .data = data,
				   .end = (const char *)data + size,
				   .o = o,
				   .header = h,
				   .totals = totals,
				   .err = err };

	return trace_text_import_close(&t, read_all(&t, data) ||
						   trace_error_at(err, "%s: ", label));
}
