#include "traces/derive.h"

/* ---- items ------------------------------------------------------------------------------- */

struct derive_item *derive_pages_block_item(struct derive *d, enum trace_kind kind,
					    uint32_t block, uint64_t time, uint32_t task,
					    uint16_t cpu)
{
	struct derive_item *item;

	if (!derive_room(d, &d->items, &d->items_cap, d->nitems, sizeof(*d->items)))
		return NULL;
	item = &d->items[d->nitems];
	*item = (struct derive_item){ .time = time,
				      .seq = 2 * (uint32_t)d->nitems++,
				      .target = block,
				      .task = task,
				      .cpu = cpu,
				      .kind = (uint8_t)kind,
				      .node = TRACE_NODE_LOCAL };
	return item;
}

struct derive_item *derive_pages_item(struct derive *d, enum trace_kind kind, uint32_t page,
				      uint64_t time, uint32_t task, uint16_t cpu)
{
	struct derive_item *item = derive_pages_block_item(d, kind, page, time, task, cpu);

	if (item)
		item->of_page = true;
	return item;
}

void derive_pages_listed(struct derive *d, uint32_t block, const struct derive_object *o)
{
	struct derive_item *item =
		derive_pages_block_item(d, TRACE_LRU_ADD, block, o->time, o->task, o->cpu);

	if (!item)
		return;
	item->value = 1 | (TRACE_LRU_MAPPED | TRACE_LRU_ANON | TRACE_LRU_SWAP_BACKED)
				  << TRACE_LRU_SHIFT;
	item->seq = d->blocks[block].seq + 1;
}

uint32_t derive_pages_block(struct derive *d, const struct derive_object *o, bool fallback)
{
	uint32_t block = (uint32_t)d->nblocks;
	struct derive_item *item;

	if (!derive_room(d, &d->blocks, &d->blocks_cap, d->nblocks, sizeof(*d->blocks)))
		return 0;
	d->blocks[d->nblocks++] = (struct derive_block){ .number = DERIVE_NONE,
							 .order = o->order,
							 .page = DERIVE_NONE };
	item = derive_pages_block_item(d, TRACE_ALLOC, block, o->time, o->task, o->cpu);
	if (!item)
		return 0;
	d->blocks[block].seq = item->seq;
	item->gfp = o->gfp;
	item->order = o->order;
	item->node = o->node;
	item->flags = (uint8_t)(o->flags | (fallback ? TRACE_FALLBACK : 0));
	return block;
}

/* ---- pages ------------------------------------------------------------------------------- */

uint32_t derive_pages_new(struct derive *d, const struct derive_object *o, uint32_t block,
			  enum derive_kind kind, unsigned n)
{
	uint32_t first = (uint32_t)d->npages;
	struct derive_task *t = derive_task(d, o->task);

	for (unsigned i = 0; i < n; i++) {
		if (!t ||
		    !derive_room(d, &d->pages, &d->pages_cap, d->npages, sizeof(*d->pages)))
			return 0;
		d->pages[d->npages++] = (struct derive_page){ .block = block,
							      .twin = DERIVE_NONE,
							      .task = o->task,
							      .offset = (uint16_t)i,
							      .place = DERIVE_IN,
							      .kind = (uint8_t)kind };
	}
	if (kind == DERIVE_ANON && (t->in += n) > t->most_in)
		t->most_in = t->in;
	return first;
}

void derive_pages_place(struct derive *d, uint32_t page, enum derive_place place)
{
	struct derive_page *p = &d->pages[page];
	struct derive_task *t = &d->tasks[p->task];

	if (p->place == (uint8_t)place)
		return;
	if (place == DERIVE_OUT)
		p->out = ++d->outs;
	d->blocks[p->block].left = true;
	if (p->kind == DERIVE_ANON)
		t->in += (size_t)(place == DERIVE_IN) - (size_t)(p->place == DERIVE_IN);
	if (p->kind < DERIVE_WALKS) {
		struct derive_walk *w = &t->walk[p->kind];

		w->out += (size_t)(place == DERIVE_OUT) - (size_t)(p->place == DERIVE_OUT);
		w->gone += (size_t)(place == DERIVE_GONE) - (size_t)(p->place == DERIVE_GONE);
	} else if (place == DERIVE_OUT) {
		derive_queue_push(d, &d->old_out, page);
	}
	p->place = (uint8_t)place;
}

void derive_pages_free(struct derive *d, uint32_t page, uint64_t time, uint32_t task,
		       uint16_t cpu)
{
	if (d->pages[page].place == DERIVE_GONE)
		return;
	derive_pages_place(d, page, DERIVE_GONE);
	if (derive_pages_item(d, TRACE_FREE, page, time, task, cpu))
		d->blocks[d->pages[page].block].frees++;
}

struct derive_item *derive_pages_touch(struct derive *d, uint32_t page, uint64_t time,
				       uint16_t cpu)
{
	const struct derive_page *p = &d->pages[page];
	struct derive_item *item = derive_pages_item(d, TRACE_ACCESS, page, time, p->task, cpu);

	/* What is anonymous becomes TRACE_DIRTY at the end, if its task writes. */
	if (item)
		item->touch = true;
	return item;
}
