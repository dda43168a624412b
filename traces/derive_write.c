#include <stdlib.h>
#include <string.h>

#include "traces/derive.h"

#define BATCH 1024

struct out {
	struct derive *d;
	struct trace_writer *w;
	struct trace_event events[BATCH];
	size_t n;
	uint64_t next; /* number of the next object */
	uint64_t date;
	uint32_t *tasks; /* + 1; 0 = not told yet */
	uint16_t *gfps;
	uint32_t *freed; /* [nblocks]: pages so far */
};

static bool flush(struct out *o)
{
	size_t n = o->n;

	o->n = 0;
	return trace_writer_events(o->w, o->events, n, o->d->err);
}

static bool task_of(struct out *o, uint32_t task, uint32_t *index)
{
	const struct trace_task *t;

	if (o->tasks[task]) {
		*index = o->tasks[task] - 1;
		return true;
	}
	t = trace_reader_task(o->d->reader, task);
	if (!trace_writer_task(o->w, t ? t->pid : 0, t ? t->comm : "", index, o->d->err))
		return false;
	o->tasks[task] = *index + 1;
	return true;
}

static struct trace_event *begin(struct out *o, const struct derive_item *item)
{
	struct trace_event *e;

	if (o->n == BATCH && !flush(o))
		return NULL;
	e = &o->events[o->n++];
	*e = (struct trace_event){ .time = item->time,
				   .object = TRACE_NO_OBJECT,
				   .pfn = TRACE_NO_PFN,
				   .value = item->value,
				   .cpu = item->cpu,
				   .kind = item->kind,
				   .order = item->order,
				   .node = item->node,
				   .flags = item->flags };
	return task_of(o, item->task, &e->task) ? e : NULL;
}

static bool put_request(struct out *o, const struct derive_item *item)
{
	struct trace_event *e = begin(o, item);

	if (!e)
		return false;
	e->gfp = o->gfps[item->gfp];
	if (item->kind != TRACE_ALLOC)
		return true;
	e->object = o->next;
	o->d->blocks[item->target].number = (uint32_t)o->next++;
	return true;
}

/* An item about a block; one that was not asked for before cannot come. */
static bool put_block(struct out *o, const struct derive_item *item, uint32_t block)
{
	struct trace_event *e;

	if (o->d->blocks[block].number == DERIVE_NONE)
		return true;
	e = begin(o, item);
	if (!e)
		return false;
	e->object = o->d->blocks[block].number;
	return true;
}

/*
 * Pages of files that are still there at the end, although reclaim went on behind them: it
 * passed all pages of files many times, so these are those that it could not free, as their
 * buffers were in use (a file system's own blocks).
 */
static bool put_listed(struct out *o, const struct derive_item *item)
{
	const struct derive_block *b = &o->d->blocks[item->target];
	uint32_t list = item->value & TRACE_LRU_LIST;
	struct derive_item at = *item;

	if ((list == 2 || list == 3) && !b->left && b->number != DERIVE_NONE &&
	    b->reclaimed < o->d->count[DERIVE_N_RECLAIMED]) {
		at.value |= TRACE_LRU_STAYS << TRACE_LRU_SHIFT;
		o->d->count[DERIVE_N_STAYS]++;
	}
	return put_block(o, &at, item->target);
}

/* A huge page that is given up as a whole goes with its last page; of one that failed, only the
 * pages that were touched are known. */
static bool put_part_free(struct out *o, const struct derive_item *item,
			  const struct derive_page *p)
{
	const struct derive_block *b = &o->d->blocks[p->block];
	struct derive_item whole = *item;

	if (b->order && (b->frees == 1u << b->order || b->page == DERIVE_NONE)) {
		if (++o->freed[p->block] < b->frees)
			return true;
		whole.order = b->order;
	} else {
		whole.value = p->offset;
	}
	return put_block(o, &whole, p->block);
}

static bool put_page(struct out *o, const struct derive_item *item)
{
	const struct derive_page *p = &o->d->pages[item->target];
	const struct derive_task *t = &o->d->tasks[p->task];
	struct derive_item at = *item;

	if (item->kind == TRACE_ACCESS && p->kind == DERIVE_ANON && t->wrote >= t->read)
		at.kind = TRACE_DIRTY;
	if (p->twin != DERIVE_NONE && !put_block(o, &at, p->twin))
		return false;
	if (item->kind == TRACE_FREE)
		return put_part_free(o, &at, p);
	at.value = p->offset;
	return put_block(o, &at, p->block);
}

static bool put(struct out *o, const struct derive_item *item)
{
	if (item->kind <= TRACE_ALLOC_FAILED)
		return put_request(o, item);
	if (item->kind == TRACE_LRU_ADD)
		return put_listed(o, item);
	return item->of_page ? put_page(o, item) : put_block(o, item, item->target);
}

static bool put_all(struct out *o)
{
	struct derive *d = o->d;

	for (size_t i = 0; i < d->ngfps; i++)
		if (!trace_writer_gfp(o->w, trace_reader_gfp(d->reader, (unsigned)i),
				      &o->gfps[i], d->err))
			return false;
	for (size_t i = 0; i < d->nitems; i++)
		if (!put(o, &d->items[i]))
			return false;
	return flush(o);
}

static bool is_page_of_file(const struct trace_used *u)
{
	return (u->use & TRACE_USE_LRU) && (u->use & TRACE_USE_FILE) &&
	       !(u->use & TRACE_USE_ANON);
}

/* Likewise, what was there before. */
static bool put_state(struct out *o, const struct trace_state *s)
{
	struct derive *d = o->d;
	struct trace_state marked = *s;
	bool ok;

	marked.used = malloc((s->nused + 1) * sizeof(*s->used));
	if (!marked.used)
		return derive_fail(d);
	for (uint64_t i = 0; i < s->nused; i++) {
		marked.used[i] = s->used[i];
		if (d->count[DERIVE_N_RECLAIMED] && is_page_of_file(&s->used[i]) &&
		    (s->used[i].use & TRACE_USE_PINNED)) {
			marked.used[i].use |= TRACE_USE_STAYS;
			d->count[DERIVE_N_STAYS]++;
		}
	}
	ok = trace_writer_state(o->w, &marked, d->err);
	free(marked.used);
	return ok;
}

static bool write_to(struct out *o, const char *path)
{
	struct derive *d = o->d;
	struct trace_header h = *d->header;
	const struct trace_state *s = trace_reader_state(d->reader, d->err);
	struct trace_error late;
	bool ok;

	if (!s && *d->err->text)
		return false;
	h.minor = 1; /* TRACE_FALLBACK */
	h.clock = TRACE_CLOCK_NS;
	h.clock_hz = UINT64_C(1000000000);
	memcpy(h.clock_name, "mono", sizeof("mono"));
	h.tool = (char[]){ "pagesim verify --free" };
	o->w = trace_writer_open(path, &h, d->o->level, d->err);
	if (!o->w)
		return false;
	o->next = d->start_objects;
	ok = (!s || put_state(o, s)) && put_all(o);
	return trace_writer_close(o->w, !ok, ok ? d->err : &late) && ok;
}

bool derive_write(struct derive *d, const char *path)
{
	struct out *o = calloc(1, sizeof(*o));
	bool ok;

	if (!o)
		return derive_fail(d);
	o->d = d;
	o->tasks = calloc(d->ntasks + 1, sizeof(*o->tasks));
	o->gfps = calloc(d->ngfps + 1, sizeof(*o->gfps));
	o->freed = calloc(d->nblocks + 1, sizeof(*o->freed));
	ok = o->tasks && o->gfps && o->freed ? write_to(o, path) : derive_fail(d);
	free(o->tasks);
	free(o->gfps);
	free(o->freed);
	free(o);
	return ok;
}
