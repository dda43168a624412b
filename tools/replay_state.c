/*
 * Start states: the recorded frames put in place in a kernel that was created empty.
 *
 * Where the recording knows list orders (state->ordered), free lists and per-cpu lists are
 * put as they stand. Else this kernel's per-cpu lists take recorded per-cpu pages of order 0
 * up to one below their own `high`, and all other free memory, merged to maximal blocks,
 * goes to the free lists in ascending order.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/port_direct.h"
#include "tools/cmd.h"
#include "tools/freemap.h"
#include "tools/replay_saved.h"

#define BLOCK_FRAMES 512u
#define BLOCK_ORDER 9u
#define TYPE_UNKNOWN 0xff

struct placing {
	struct replay *r;
	const struct trace_state *state;
	bool listed; /* lists are in an order that means something to this kernel */
	bool own;    /* the replayed trace's: its objects are freed by number */
	const struct mm_snapshot *zones; /* of the empty kernel */
	uint32_t *kept;                  /* pages on each (zone, cpu)'s list so far */
	bool *pcp_kept;                  /* per recorded per-cpu page: stays on a list */
};

static bool refuse(struct replay *r, const char *what, uint64_t pfn)
{
	return replay_core_fail(r, CMD_BAD_DATA,
				"the start state does not fit the machine: %s frame %llu", what,
				(unsigned long long)pfn);
}

static bool put_blocks(struct placing *p)
{
	const struct mm_policy *policy = p->r->o.policy;

	for (unsigned i = 0; i < p->zones->nzones; i++) {
		const struct mm_snapshot_zone *z = &p->zones->zones[i];

		for (uint64_t b = z->start / BLOCK_FRAMES; b * BLOCK_FRAMES < z->end; b++) {
			uint64_t frame =
				b * BLOCK_FRAMES < z->start ? z->start : b * BLOCK_FRAMES;

			if (b < p->state->nblocks && p->state->block_type[b] != TYPE_UNKNOWN &&
			    !mm_policy_put_pageblock(policy, p->r->o.mm, frame,
						     p->state->block_type[b]))
				return refuse(p->r, "pageblock type of", frame);
		}
	}
	return true;
}

static int zone_of(const struct mm_snapshot *zones, uint64_t pfn)
{
	for (unsigned i = 0; i < zones->nzones; i++)
		if (pfn >= zones->zones[i].start && pfn < zones->zones[i].end)
			return (int)i;
	return -1;
}

/* Chooses the recorded per-cpu pages that stay on per-cpu lists, and puts them there. */
static bool put_pcp(struct placing *p)
{
	unsigned cpus = p->r->o.machine->cpus;

	for (uint64_t i = 0; i < p->state->npcp; i++) {
		const struct trace_pcp *page = &p->state->pcp[i];
		int zone = zone_of(p->zones, page->pfn);
		uint32_t *kept;

		if (zone < 0)
			return refuse(p->r, "no zone has the per-cpu", page->pfn);
		kept = &p->kept[(unsigned)zone * cpus + page->cpu % cpus];
		if (!p->listed && (page->order || *kept + 1 >= p->zones->zones[zone].pcp_high))
			continue;
		if (!mm_policy_put_pcp(p->r->o.policy, p->r->o.mm, page->cpu % cpus, page->pfn,
				       page->type == TYPE_UNKNOWN ? UINT_MAX : page->type))
			return refuse(p->r, "cannot hold the per-cpu", page->pfn);
		p->pcp_kept[i] = true;
		++*kept;
	}
	return true;
}

static int compare_free(const void *a, const void *b)
{
	const struct trace_free *x = a, *y = b;

	return (x->pfn > y->pfn) - (x->pfn < y->pfn);
}

static void put_merged(void *ctx, uint64_t frame, unsigned order)
{
	struct placing *p = ctx;
	const struct trace_free key = { .pfn = frame };
	const struct trace_free *as_recorded =
		p->state->ordered ? NULL
				  : bsearch(&key, p->state->free, p->state->nfree, sizeof(key),
					    compare_free);
	unsigned type = UINT_MAX;

	if (p->r->trouble.status)
		return;
	if (as_recorded && as_recorded->order == order && as_recorded->type != TYPE_UNKNOWN)
		type = as_recorded->type;
	if (!p->r->o.policy->put_free(p->r->o.mm, frame, order, type))
		refuse(p->r, "cannot hold the free", frame);
}

/* Free memory of one zone: recorded free blocks and per-cpu pages that found no list. */
static bool put_zone_merged(struct placing *p, const struct mm_snapshot_zone *z)
{
	struct freemap *map = freemap_new(z->start, z->end);

	if (!map)
		return replay_core_fail(p->r, CMD_SYSTEM, "out of memory");
	for (uint64_t i = 0; i < p->state->nfree; i++)
		freemap_add(map, p->state->free[i].pfn, p->state->free[i].order);
	for (uint64_t i = 0; i < p->state->npcp; i++)
		if (!p->pcp_kept[i])
			freemap_add(map, p->state->pcp[i].pfn, p->state->pcp[i].order);
	freemap_each(map, put_merged, p);
	freemap_free(map);
	return p->r->trouble.status == 0;
}

static bool put_free(struct placing *p)
{
	if (!p->listed) {
		for (unsigned i = 0; i < p->zones->nzones; i++)
			if (!put_zone_merged(p, &p->zones->zones[i]))
				return false;
		return true;
	}
	for (uint64_t i = 0; i < p->state->nfree; i++) {
		const struct trace_free *f = &p->state->free[i];

		if (!p->r->o.policy->put_free(p->r->o.mm, f->pfn, f->order,
					      f->type == TYPE_UNKNOWN ? UINT_MAX : f->type))
			return refuse(p->r, "cannot hold the free", f->pfn);
	}
	return true;
}

/* A page that the kernel is told of right behind this gets onto its list by that. */
static unsigned use_of(const struct placing *p, const struct trace_used *u)
{
	struct contents_kind kind = contents_of_use(u->use);
	unsigned use = u->use & ~(unsigned)(TRACE_USE_PINNED | TRACE_USE_STAYS);

	if (p->r->saved && p->r->saved->from->told && p->r->world &&
	    replay_access_can_hold(p->r, u->order, &kind))
		use &= ~(unsigned)MM_USE_LRU;
	return use;
}

/* Frames in use; those that the trace will free become its first objects. */
static bool put_used(struct placing *p)
{
	uint64_t number = 0;

	for (uint64_t i = 0; i < p->state->nused; i++) {
		const struct trace_used *u = &p->state->used[i];
		int zone = zone_of(p->zones, u->pfn);
		struct objects_entry *place;

		if (zone < 0 || !mm_policy_put_used(p->r->o.policy, p->r->o.mm, u->pfn,
						    u->order, use_of(p, u)))
			return refuse(p->r, "cannot hold the used", u->pfn);
		if ((u->use & TRACE_USE_PINNED) || !p->own)
			continue;
		place = objects_at(p->r->objects, number++);
		if (!place)
			return replay_core_fail(p->r, CMD_SYSTEM, "out of memory");
		objects_set(place, (struct objects_entry){
					   .frame = (uint32_t)u->pfn,
					   .order = u->order & 15u,
					   .state = OBJECTS_LIVE,
					   .node = (uint8_t)p->zones->zones[zone].nid });
	}
	return true;
}

/* One page that the kernel may take away. It costs no time: it was there before. */
static bool hold_page(struct placing *p, const struct trace_used *u, bool is_object,
		      uint64_t number)
{
	struct replay *r = p->r;
	struct contents_kind kind = contents_of_use(u->use);
	struct objects_entry nobodys = { .frame = (uint32_t)u->pfn,
					 .order = u->order & 15u,
					 .state = OBJECTS_LIVE };
	uint32_t owner = replay_world_number(r, REPLAY_BEFORE, 0);
	struct sim_cpu cpu;

	if (!replay_access_can_hold(r, u->order, &kind))
		return true;
	sim_port_direct_cpu(&cpu, 0, r->o.machine->cpu_node[0]);
	if (r->early && is_object)
		replay_early_object(r, &cpu, number, owner, kind);
	else if (r->early)
		replay_early_frame(r, u->pfn, u->order, kind);
	else
		return replay_access_hold(r, &cpu,
					  is_object ? objects_at(r->objects, number) : &nobodys,
					  owner, kind, false);
	return !r->trouble.status;
}

/* What is on LRU lists can be taken away, also what the trace never frees. */
static bool hold_used(struct placing *p)
{
	const struct replay *r = p->r;
	uint64_t number = 0;

	if (!r->world || !r->o.policy->hold)
		return true;
	for (uint64_t i = 0; i < p->state->nused; i++) {
		const struct trace_used *u = &p->state->used[i];
		bool is_object = !(u->use & TRACE_USE_PINNED) && p->own;

		/* Of what another run left the names tell what it holds. */
		if (r->saved && !(u->use & TRACE_USE_PINNED))
			continue;
		if (!hold_page(p, u, is_object, number))
			return false;
		number += is_object;
	}
	return true;
}

/* A kernel that knew what pages hold is told at once, in the order of its lists. */
static bool tell_first(struct placing *p)
{
	struct sim_cpu cpu;

	if (!p->r->saved || !p->r->saved->from->told)
		return true;
	sim_port_direct_cpu(&cpu, 0, p->r->o.machine->cpu_node[0]);
	replay_early_tell(p->r, &cpu);
	return !p->r->trouble.status;
}

static bool put_all(struct placing *p)
{
	char text[256];

	const struct replay_saved *saved = p->r->saved;

	if (p->listed && p->r->o.policy->put_listed)
		p->r->o.policy->put_listed(p->r->o.mm);
	if (!put_blocks(p) || !put_pcp(p) || !put_free(p) || !put_used(p))
		return false;
	if (!mm_policy_put_done(p->r->o.policy, p->r->o.mm, text, sizeof(text)))
		return replay_core_fail(p->r, CMD_BAD_DATA,
					"the start state contradicts itself: %s", text);
	if (!replay_go_on_objects(p->r, p->state) || !tell_first(p) || !hold_used(p))
		return false;
	return !saved || (replay_go_on_hold(p->r, p->state) && replay_go_on_start(p->r));
}

/* What one kernel saved is for another a state without an order. */
static bool is_listed(const struct replay *r, const struct trace_state *state)
{
	if (!r->saved)
		return state->ordered && (r->o.own_lists || !r->o.policy->put_listed);
	return strcmp(r->saved->from->kernel, r->o.policy->name) == 0;
}

bool replay_state_put(struct replay *r, const struct trace_state *state, bool own,
		      struct replay_error *err)
{
	struct mm_snapshot *zones = r->o.policy->snapshot(r->o.mm);
	struct placing p = { .r = r,
			     .state = state,
			     .listed = is_listed(r, state),
			     .own = own,
			     .zones = zones };
	bool ok = zones != NULL;

	if (ok) {
		p.kept =
			calloc((size_t)zones->nzones * r->o.machine->cpus + 1, sizeof(*p.kept));
		p.pcp_kept = calloc(state->npcp + 1, sizeof(*p.pcp_kept));
		ok = p.kept && p.pcp_kept;
	}
	if (!ok)
		replay_core_fail(r, CMD_SYSTEM, "out of memory");
	else
		ok = put_all(&p);
	free(p.kept);
	free(p.pcp_kept);
	mm_snapshot_free(zones);
	r->has_state = ok && (own || (r->saved && r->saved->goes_on));
	r->state = state;
	if (!ok)
		*err = r->trouble;
	return ok;
}
