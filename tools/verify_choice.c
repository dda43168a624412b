#include "tools/verify_choice.h"

#include <stdlib.h>

static uint32_t ask(const struct verify_choice *c, const struct verify_item *item,
		    uint64_t full)
{
	const struct verify *v = c->v;

	return mm412_probe_guided_choose(v->mm, &v->cpus[item->cpu], (unsigned)item->value[2],
					 v->gfp[item->gfp], item->order, full);
}

static bool writes(const struct verify_choice *c, const struct verify_item *item)
{
	return mm412_probe_guided_writes(c->v->gfp[item->gfp]);
}

/* The bit of a zone's node. */
static uint64_t node_of(const struct verify_choice *c, uint32_t zone)
{
	const struct trace_header *h = c->v->header;

	for (unsigned i = 0; i < h->nzones; i++)
		if (c->v->zone[i] == zone)
			return UINT64_C(1) << h->zones[i].nid;
	return 0;
}

/* The bit of the zone that the CPU's next request would go to. */
static uint64_t zone_now(const struct verify_choice *c, uint32_t at)
{
	const struct verify_item *item = &c->v->items[at];
	uint32_t zone = ask(c, item, writes(c, item) ? c->full : 0);

	return zone == MM412_PROBE_GUIDED_NO_ZONE ? 0 : UINT64_C(1) << zone % 64;
}

/* A request runs where its steps begin, and what belongs to it is done then. */
static uint32_t next_request(const struct verify_choice *c, const struct verify_item *item)
{
	const struct verify_item *items = c->v->items;
	uint32_t at = item->next;

	while (at != VERIFY_NONE && (items[at].done || verify_item_of_request(&items[at])))
		at = items[at].next;
	return at != VERIFY_NONE && items[at].kind == VERIFY_ALLOC ? at : VERIFY_NONE;
}

static void lost_race(struct verify_choice *c, struct verify_item *item)
{
	c->v->ahead.races++;
	item->raced = true;
}

/* Whether what others were in the middle of makes the recorded choice of a request right. */
static void look_back(struct verify_choice *c, unsigned cpu)
{
	uint32_t at = c->wrong[cpu];
	struct verify_item *item = &c->v->items[at];

	if (at == VERIFY_NONE ||
	    ask(c, item, 0) != mm412_probe_guided_zone_of(c->v->mm, item->pfn))
		return;
	lost_race(c, item);
	c->wrong[cpu] = VERIFY_NONE;
}

void verify_choice_look(struct verify_choice *c, const struct verify_item *item)
{
	if (c->wrong[item->cpu] != item - c->v->items)
		c->wrong[item->cpu] = VERIFY_NONE;
	for (unsigned cpu = 0; cpu < c->v->header->cpus; cpu++)
		look_back(c, cpu);
	c->request[item->cpu] = next_request(c, item);
	c->zones[item->cpu] = 0;
	for (unsigned cpu = 0; cpu < c->v->header->cpus; cpu++)
		if (c->request[cpu] != VERIFY_NONE)
			c->zones[cpu] |= zone_now(c, c->request[cpu]);
}

/*
 * The recorded zone is another than the chosen one. It lies on a node that was kept off: a
 * spell is over. Without the chosen zone's node it would be the choice: a spell begins.
 */
static bool spell_turns(struct verify_choice *c, struct verify_item *item, uint32_t chosen,
			uint32_t recorded)
{
	uint64_t node = node_of(c, c->full & node_of(c, recorded) ? recorded : chosen);

	if (ask(c, item, c->full ^ node) != recorded)
		return false;
	c->full ^= node;
	item->turns = node;
	return true;
}

void verify_choice_judge(struct verify_choice *c, struct verify_item *item)
{
	struct verify_ahead *a = &c->v->ahead;
	uint32_t at = (uint32_t)(item - c->v->items);
	uint32_t recorded = mm412_probe_guided_zone_of(c->v->mm, item->pfn);
	uint32_t chosen = ask(c, item, writes(c, item) ? c->full : 0);

	/* Slow requests go on with marks that the recording does not tell. */
	if (chosen == MM412_PROBE_GUIDED_NO_ZONE) {
		a->slow++;
		return;
	}
	a->fast++;
	if (chosen == recorded) {
		a->zones++;
	} else if (c->request[item->cpu] == at && recorded != MM412_PROBE_GUIDED_NO_ZONE &&
		   c->zones[item->cpu] >> recorded % 64 & 1) {
		lost_race(c, item);
	} else if (writes(c, item) && spell_turns(c, item, chosen, recorded)) {
		a->turns++;
	} else {
		c->wrong[item->cpu] = at;
	}
}

bool verify_choice_open(struct verify_choice *c, struct verify *v)
{
	unsigned cpus = v->header->cpus;

	*c = (struct verify_choice){ .v = v,
				     .request = malloc(cpus * sizeof(*c->request)),
				     .wrong = malloc(cpus * sizeof(*c->wrong)),
				     .zones = calloc(cpus, sizeof(*c->zones)) };
	for (unsigned i = 0; c->request && c->wrong && i < cpus; i++)
		c->request[i] = c->wrong[i] = VERIFY_NONE;
	return c->request && c->wrong && c->zones;
}

void verify_choice_close(struct verify_choice *c)
{
	free(c->request);
	free(c->wrong);
	free(c->zones);
}
