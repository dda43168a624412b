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
	struct trace_text_out o;
	struct trace_dict dict; /* as it is up to the frame at hand */
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

void trace_text_export_dict(struct trace_text_out *o, const struct trace_dict *d)
{
	for (; o->told.gfps < d->gfps.count; o->told.gfps++) {
		fprintf(o->out, "%sgfp ", o->head);
		put_word(o->out, d->gfps.text[o->told.gfps]);
	}
	for (; o->told.texts < d->texts.count; o->told.texts++) {
		fprintf(o->out, "%stext ", o->head);
		put_word(o->out, d->texts.text[o->told.texts]);
	}
	for (; o->told.tasks < d->tasks.count; o->told.tasks++) {
		fprintf(o->out, "%stask %" PRId32 " ", o->head, d->task[o->told.tasks].pid);
		put_word(o->out, d->task[o->told.tasks].comm);
	}
}

/* Entries stand where the file has them: in front of what the frame holds. */
static bool put_dict_of(struct export *x, uint32_t frame, struct trace_error *err)
{
	struct trace_frame_in *f = &x->o.r->side;
	struct trace_sections s;

	if (!trace_read_go(x->o.r, f, frame, err))
		return false;
	if (trace_frame_next(f, err) <= 0 || !trace_section_open(&s, &f->data, err) ||
	    !trace_dict_decode(&x->dict, &s, err))
		return trace_read_error_in(x->o.r, "frame", frame, f->offset, err);
	trace_text_export_dict(&x->o, &x->dict);
	return true;
}

/* ---- JSON and states --------------------------------------------------------------------- */

/* On one line. */
static bool put_json(const struct trace_text_out *o, const char *word, const char *text,
		     size_t size, struct trace_error *err)
{
	json_t *json = json_loadb(text, size, JSON_DECODE_ANY, NULL);
	char *line = json ? json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

	json_decref(json);
	if (!line)
		return trace_error_memory(err);
	fprintf(o->out, "%s%s %s\n", o->head, word, line);
	free(line);
	return true;
}

static void put_state(const struct trace_text_out *o, const char *word,
		      const struct trace_state *s)
{
	fprintf(o->out, "%s%s %d\n", o->head, word, s->ordered);
	for (uint64_t i = 0; i < s->nfree; i++)
		fprintf(o->out, "%sF %" PRIu64 " %u %u\n", o->head, s->free[i].pfn,
			s->free[i].order, s->free[i].type);
	for (uint64_t i = 0; i < s->nused; i++)
		fprintf(o->out, "%sU %" PRIu64 " %u %u\n", o->head, s->used[i].pfn,
			s->used[i].order, s->used[i].use);
	for (uint64_t i = 0; i < s->npcp; i++)
		fprintf(o->out, "%sP %" PRIu64 " %u %u %u\n", o->head, s->pcp[i].pfn,
			s->pcp[i].cpu, s->pcp[i].order, s->pcp[i].type);
	for (uint64_t i = 0, n; i < s->nblocks; i += n) {
		for (n = 1; i + n < s->nblocks && s->block_type[i + n] == s->block_type[i];)
			n++;
		fprintf(o->out, "%sB %u %" PRIu64 "\n", o->head, s->block_type[i], n);
	}
}

bool trace_text_export_head(const struct trace_text_out *o, struct trace_error *err)
{
	const struct trace_header *h = trace_reader_header(o->r);
	struct trace_frame_bytes frame = { 0 };
	const struct trace_state *s;
	bool ok = trace_header_encode(h, h->has_state, &frame, err) &&
		  put_json(o, "header", (char *)frame.bytes.data, frame.bytes.len, err);

	trace_bytes_free(&frame.bytes);
	if (!ok)
		return false;
	err->text[0] = '\0';
	s = trace_reader_state(o->r, err);
	if (s)
		put_state(o, "state", s);
	return s || !err->text[0];
}

/* ---- records ----------------------------------------------------------------------------- */

void trace_text_export_fields(FILE *out, const struct trace_event *e)
{
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

static void put_event(FILE *out, const struct trace_event *e)
{
	fprintf(out, "%s %" PRIu64 " %u %" PRIu32, trace_text_kinds[e->kind], e->time, e->cpu,
		e->task);
	trace_text_export_fields(out, e);
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

		if (x->o.r->block_open)
			left = x->o.r->block.head.count - x->o.r->block.done;
		got = trace_reader_next(x->o.r, x->events, left < CHUNK ? (size_t)left : CHUNK,
					err);
		if (got < 0)
			return false;
		for (long i = 0; i < got; i++)
			put_event(x->o.out, &x->events[i]);
	} while (x->o.r->block_open);
	return true;
}

static bool put_truth_block(struct export *x, struct trace_error *err)
{
	struct trace_truth t;

	do {
		if (trace_reader_next_truth(x->o.r, &t, 1, err) < 0)
			return false;
		put_truth(x->o.out, &t);
	} while (x->o.r->truth_open);
	return true;
}

static bool put_step_block(struct export *x, struct trace_error *err)
{
	struct trace_step t;

	do {
		if (trace_reader_next_step(x->o.r, &t, 1, err) < 0)
			return false;
		put_step(x->o.out, &t);
	} while (x->o.r->step_open);
	return true;
}

/* In the order of their frames. */
static bool put_blocks(struct export *x, struct trace_error *err)
{
	const struct trace_trailer *t = &x->o.r->trailer;
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
		if (!ok || ferror(x->o.out))
			return ok;
	}
}

static bool put_end(const struct trace_text_out *o, struct trace_error *err)
{
	struct trace_frame_bytes frame = { 0 };
	const struct trace_end *e = trace_reader_end(o->r, err);
	bool ok;

	if (!e)
		return !err->text[0];
	ok = trace_end_encode(e, &frame, err) &&
	     put_json(o, "end", (char *)frame.bytes.data, frame.bytes.len, err);
	trace_bytes_free(&frame.bytes);
	return ok;
}

static bool put_names(const struct trace_text_out *o, struct trace_error *err)
{
	const struct trace_names *names = trace_reader_names(o->r, err);

	if (!names)
		return !err->text[0];
	fprintf(o->out, "%snames %" PRIu64 "\n", o->head, names->n);
	for (uint64_t i = 0; i < names->n; i++) {
		const struct trace_name *n = &names->name[i];

		fprintf(o->out, "%sN %" PRIu64 " %" PRIu32 " %u %u %" PRIu32 " %" PRIu32 "\n",
			o->head, n->object, n->offset, n->order, n->holds, n->rank, n->task);
	}
	return true;
}

static bool put_final(const struct trace_text_out *o, struct trace_error *err)
{
	const struct trace_state *s;

	err->text[0] = '\0';
	s = trace_reader_final(o->r, err);
	if (s)
		put_state(o, "final", s);
	return s || !err->text[0];
}

bool trace_text_export_tail(const struct trace_text_out *o, struct trace_error *err)
{
	const char *report;

	err->text[0] = '\0';
	if ((o->r->seekable && !put_names(o, err)) || !put_end(o, err))
		return false;
	err->text[0] = '\0';
	report = trace_reader_report(o->r, err);
	if (!report)
		return !err->text[0];
	return put_json(o, "report", report, strlen(report), err);
}

static bool put_dictionary(struct export *x, struct trace_error *err)
{
	if (!trace_read_dict(x->o.r, err))
		return false;
	trace_text_export_dict(&x->o, &x->o.r->dict);
	return true;
}

bool trace_text_export(struct trace_reader *r, FILE *out, struct trace_error *err)
{
	struct export *x = calloc(1, sizeof(*x));
	bool ok;

	if (!x)
		return trace_error_memory(err);
	x->o = (struct trace_text_out){ .r = r, .out = out, .head = "" };
	fputs(TRACE_TEXT_MAGIC, out);
	ok = trace_read_tail(r, err) && trace_text_export_head(&x->o, err) &&
	     put_blocks(x, err) && put_dictionary(x, err) && put_final(&x->o, err) &&
	     trace_text_export_tail(&x->o, err);
	trace_dict_free(&x->dict);
	free(x);
	return ok;
}
