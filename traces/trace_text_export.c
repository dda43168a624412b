#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "traces/trace_end.h"
#include "traces/trace_header.h"
#include "traces/trace_reader.h"
#include "traces/trace_text.h"

#define CHUNK 1024

struct export
{
	struct trace_reader *r;
	FILE *out;
	struct trace_dict dict; /* as it is up to the frame at hand */
	struct trace_dict_mark told;
	struct trace_event events[CHUNK];
};

/* ---- dictionaries ------------------------------------------------------------------------ */

/* What could end a word or a line is \xHH. */
static void put_word(FILE *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ' || c == '\\' || c >= 127)
			fprintf(out, "\\x%02x", c);
		else
			putc(c, out);
	}
	putc('\n', out);
}

static void put_dict(struct export *x, const struct trace_dict *d)
{

	for (; x->told.gfps < d->gfps.count; x->told.gfps++) {
		fputs("gfp ", x->out);
		put_word(x->out, d->gfps.text[x->told.gfps]);
	}
	for (; x->told.texts < d->texts.count; x->told.texts++) {
		fputs("text ", x->out);
		put_word(x->out, d->texts.text[x->told.texts]);
	}
	for (; x->told.tasks < d->tasks.count; x->told.tasks++) {
		fprintf(x->out, "task %" PRId32 " ", d->task[x->told.tasks].pid);
		put_word(x->out, d->task[x->told.tasks].comm);
	}
}

/* Entries stand where the file has them: in front of what the frame holds. */
static bool put_dict_of(struct export *x, uint32_t frame, struct trace_error *err)
{
	struct trace_frame_in *f = &x->r->side;
	struct trace_sections s;

	if (!trace_read_go(x->r, f, frame, err))
		return false;
	if (trace_frame_next(f, err) <= 0 || !trace_section_open(&s, &f->data, err) ||
	    !trace_dict_decode(&x->dict, &s, err))
		return trace_read_error_in(x->r, "frame", frame, f->offset, err);
	put_dict(x, &x->dict);
	return true;
}

/* ---- JSON and states --------------------------------------------------------------------- */

/* On one line. */
static bool put_json(struct export *x, const char *word, const char *text, size_t size,
		     struct trace_error *err)
{
	json_t *o = json_loadb(text, size, JSON_DECODE_ANY, NULL);
	char *line = o ? json_dumps(o, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

	json_decref(o);
	if (!line)
		return trace_error_memory(err);
	fprintf(x->out, "%s %s\n", word, line);
	free(line);
	return true;
}

static void put_state(struct export *x, const char *word, const struct trace_state *s)
{
	fprintf(x->out, "%s %d\n", word, s->ordered);
	for (uint64_t i = 0; i < s->nfree; i++)
		fprintf(x->out, "F %" PRIu64 " %u %u\n", s->free[i].pfn, s->free[i].order,
			s->free[i].type);
	for (uint64_t i = 0; i < s->nused; i++)
		fprintf(x->out, "U %" PRIu64 " %u %u\n", s->used[i].pfn, s->used[i].order,
			s->used[i].use);
	for (uint64_t i = 0; i < s->npcp; i++)
		fprintf(x->out, "P %" PRIu64 " %u %u %u\n", s->pcp[i].pfn, s->pcp[i].cpu,
			s->pcp[i].order, s->pcp[i].type);
	for (uint64_t i = 0, n; i < s->nblocks; i += n) {
		for (n = 1; i + n < s->nblocks && s->block_type[i + n] == s->block_type[i];)
			n++;
		fprintf(x->out, "B %u %" PRIu64 "\n", s->block_type[i], n);
	}
}

static bool put_head(struct export *x, struct trace_error *err)
{
	struct trace_frame_bytes frame = { 0 };
	const struct trace_state *s;
	bool ok = trace_header_encode(&x->r->header, x->r->header.has_state, &frame, err) &&
		  put_json(x, "header", (char *)frame.bytes.data, frame.bytes.len, err);

	trace_bytes_free(&frame.bytes);
	if (!ok)
		return false;
	err->text[0] = '\0';
	s = trace_reader_state(x->r, err);
	if (s)
		put_state(x, "state", s);
	return s || !err->text[0];
}

/* ---- records ----------------------------------------------------------------------------- */

static void put_event(FILE *out, const struct trace_event *e)
{
	fprintf(out, "%s %" PRIu64 " %u %" PRIu32, trace_text_kinds[e->kind], e->time, e->cpu,
		e->task);
	if (e->kind <= TRACE_ALLOC_FAILED)
		fprintf(out, " gfp=%u", e->gfp);
	if (e->order)
		fprintf(out, " order=%u", e->order);
	if (e->node != TRACE_NODE_LOCAL)
		fprintf(out, " node=%u", e->node);
	if (e->kind != TRACE_ALLOC && e->object != TRACE_NO_OBJECT)
		fprintf(out, " object=%" PRIu64, e->object);
	if (e->pfn != TRACE_NO_PFN)
		fprintf(out, " pfn=%" PRIu64, e->pfn);
	if (e->value)
		fprintf(out, " value=%" PRIu32, e->value);
	if (e->flags)
		fprintf(out, " flags=%u", e->flags);
	putc('\n', out);
}

static void put_pfn(FILE *out, uint64_t pfn)
{
	if (pfn == TRACE_NO_PFN)
		fputs(" -", out);
	else
		fprintf(out, " %" PRIu64, pfn);
}

static void put_truth(FILE *out, const struct trace_truth *t)
{
	fprintf(out, "truth %u %" PRIu64 " %u %" PRIu32 " %u %d", t->kind, t->time, t->cpu,
		t->task, t->order, t->type);
	put_pfn(out, t->pfn);
	fprintf(out, " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", t->value[0],
		t->value[1], t->value[2], t->value[3]);
}

static void put_step(FILE *out, const struct trace_step *t)
{
	fprintf(out, "step %u %" PRIu64 " %u %u %d", t->kind, t->time, t->cpu, t->order,
		t->type);
	put_pfn(out, t->pfn);
	fprintf(out, " %" PRId64 " %" PRId64 " %" PRId64 "\n", t->value[0], t->value[1],
		t->value[2]);
}

/* ---- blocks ------------------------------------------------------------------------------ */

static bool put_block(struct export *x, struct trace_error *err)
{
	do {
		uint64_t left = 1;
		long got;

		if (x->r->block_open)
			left = x->r->block.head.count - x->r->block.done;
		got = trace_reader_next(x->r, x->events, left < CHUNK ? (size_t)left : CHUNK,
					err);
		if (got < 0)
			return false;
		for (long i = 0; i < got; i++)
			put_event(x->out, &x->events[i]);
	} while (x->r->block_open);
	return true;
}

static bool put_truth_block(struct export *x, struct trace_error *err)
{
	struct trace_truth t;

	do {
		if (trace_reader_next_truth(x->r, &t, 1, err) < 0)
			return false;
		put_truth(x->out, &t);
	} while (x->r->truth_open);
	return true;
}

static bool put_step_block(struct export *x, struct trace_error *err)
{
	struct trace_step t;

	do {
		if (trace_reader_next_step(x->r, &t, 1, err) < 0)
			return false;
		put_step(x->out, &t);
	} while (x->r->step_open);
	return true;
}

/* In the order of their frames. */
static bool put_blocks(struct export *x, struct trace_error *err)
{
	const struct trace_trailer *t = &x->r->trailer;
	uint32_t block = 0, truth = 0, step = 0;

	for (;;) {
		uint32_t a = block < t->nblocks ? t->blocks[block].frame : UINT32_MAX;
		uint32_t b = truth < t->ntruth ? t->truth[truth] : UINT32_MAX;
		uint32_t c = step < t->nsteps ? t->steps[step] : UINT32_MAX;
		bool ok = true;

		if (a == UINT32_MAX && b == UINT32_MAX && c == UINT32_MAX)
			return true;
		if (a < b && a < c) {
			ok = put_dict_of(x, a, err) && put_block(x, err);
			block++;
		} else if (b < c) {
			ok = put_dict_of(x, b, err) && put_truth_block(x, err);
			truth++;
		} else {
			ok = put_step_block(x, err);
			step++;
		}
		if (!ok || ferror(x->out))
			return ok;
	}
}

static bool put_end(struct export *x, struct trace_error *err)
{
	struct trace_frame_bytes frame = { 0 };
	const struct trace_end *e = trace_reader_end(x->r, err);
	bool ok;

	if (!e)
		return !err->text[0];
	ok = trace_end_encode(e, &frame, err) &&
	     put_json(x, "end", (char *)frame.bytes.data, frame.bytes.len, err);
	trace_bytes_free(&frame.bytes);
	return ok;
}

static bool put_names(struct export *x, struct trace_error *err)
{
	const struct trace_names *names = trace_reader_names(x->r, err);

	if (!names)
		return !err->text[0];
	fprintf(x->out, "names %" PRIu64 "\n", names->n);
	for (uint64_t i = 0; i < names->n; i++) {
		const struct trace_name *n = &names->name[i];

		fprintf(x->out, "N %" PRIu64 " %" PRIu32 " %u %u %" PRIu32 " %" PRIu32 "\n",
			n->object, n->offset, n->order, n->holds, n->rank, n->task);
	}
	return true;
}

static bool put_tail(struct export *x, struct trace_error *err)
{
	const struct trace_state *s;
	const char *report;

	if (!trace_read_dict(x->r, err))
		return false;
	put_dict(x, &x->r->dict);
	err->text[0] = '\0';
	s = trace_reader_final(x->r, err);
	if (s)
		put_state(x, "final", s);
	else if (err->text[0])
		return false;
	if (!put_names(x, err) || !put_end(x, err))
		return false;
	report = trace_reader_report(x->r, err);
	if (!report)
		return !err->text[0];
	return put_json(x, "report", report, strlen(report), err);
}

bool trace_text_export(struct trace_reader *r, FILE *out, struct trace_error *err)
{
	struct export *x = calloc(1, sizeof(*x));
	bool ok;

	if (!x)
		return trace_error_memory(err);
	x->r = r;
	x->out = out;
	fputs(TRACE_TEXT_MAGIC, out);
	ok = trace_read_tail(r, err) && put_head(x, err) && put_blocks(x, err) &&
	     put_tail(x, err);
	trace_dict_free(&x->dict);
	free(x);
	return ok;
}
