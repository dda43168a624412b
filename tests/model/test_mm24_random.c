/*
 * Random operations on small 2.4.0 machines: requests, frees, page cache and LRU operations,
 * page tables, ticks and daemons, in any order that a kernel would survive. What must hold
 * whatever happens: the kernel's own invariants (check()), and what this file's ledger knows:
 * nobody is given a page that somebody has, a block lies in an allowed zone and is aligned
 * there, and in the end every page is free or on a list.
 *
 *   PAGESIM_RANDOM_SEED=N    another sequence (a failure prints its seed and step)
 *   PAGESIM_RANDOM_STEPS=N   so many steps of the long run, on all machines together
 *   PAGESIM_RANDOM_EVERY=N   ... and check() after every N-th of them
 */
#include "tests/model/shapes24.h"
#include "tools/gold24_sched.h"

#define SPACES 4
#define SPACE_PAGES 300
#define TAIL 255
#define HELD_MOST 8
#define PHASE 4000 /* steps */

struct run {
	const struct shape *shape;
	struct kernel24 k;
	struct gold24_sched sched;
	uint64_t seed, random, step;
	uint64_t frames, own_pages;
	uint8_t *own;  /* order + 1 of a block we have, TAIL behind its first frame */
	uint8_t *held; /* references of our own to pages of the kernel's */
	bool *locked;  /* by us */
	bool failed;
};

static uint32_t below(struct run *r, uint32_t n)
{
	uint64_t z = r->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((z ^ z >> 31) % n);
}

static void fail(struct run *r, const char *what, uint64_t frame)
{
	if (!r->failed)
		fprintf(stderr,
			"%s: seed %" PRIu64 " step %" PRIu64 ": %s (frame %" PRIu64 ")\n",
			r->shape->name, r->seed, r->step, what, frame);
	r->failed = true;
}

static uint64_t any_frame(struct run *r)
{
	return below(r, (uint32_t)r->frames);
}

static struct sim_cpu *any_cpu(struct run *r)
{
	return &r->k.cpus[below(r, r->shape->cpus)];
}

static unsigned tag_of(const struct run *r, uint64_t frame)
{
	return r->k.mm->s[mm24_slot(r->k.mm, frame)].tag;
}

/* ---- the ledger ------------------------------------------------------------------------ */

static void check_given(struct run *r, uint64_t frame, unsigned order, uint32_t gfp)
{
	const struct mm24_zone *zone = mm24_zone_find(r->k.mm, frame);

	if (!zone || mm24_frame(r->k.mm, zone->start) + zone->size < frame + (1u << order)) {
		fail(r, "a block that lies in no zone was given", frame);
		return;
	}
	if ((frame - mm24_frame(r->k.mm, zone->start)) % (1u << order))
		fail(r, "a block was given that is not aligned in its zone", frame);
	if ((gfp & MM24_GFP_DMA && zone->idx != MM24_ZONE_DMA) ||
	    (!(gfp & MM24_GFP_HIGHMEM) && zone->idx == MM24_ZONE_HIGHMEM))
		fail(r, "a block of a zone was given that the request may not use", frame);
	for (uint64_t f = frame; f < frame + (1u << order); f++) {
		if (r->own[f] || r->held[f] || r->locked[f])
			fail(r, "a page was given that somebody has", f);
		if (tag_of(r, f) & (MM24_RESERVED | MM24_LRU | MM24_MAPPING | MM24_BUFFERS))
			fail(r, "a page was given that is in use", f);
	}
}

static void take(struct run *r, uint64_t frame, unsigned order, uint32_t gfp)
{
	if (frame == MM_NO_FRAME)
		return;
	check_given(r, frame, order, gfp);
	if (r->failed)
		return;
	memset(r->own + frame, TAIL, (size_t)1 << order);
	r->own[frame] = (uint8_t)(order + 1);
	r->own_pages += 1u << order;
}

/* It is the kernel's again. */
static void give(struct run *r, uint64_t frame)
{
	unsigned order = r->own[frame] - 1u;

	memset(r->own + frame, 0, (size_t)1 << order);
	r->own_pages -= 1u << order;
}

/* A page that we have; MM_NO_FRAME when there is none. */
static uint64_t own_page(struct run *r)
{
	uint64_t frame = any_frame(r);

	for (uint64_t i = 0; i < r->frames; i++, frame = (frame + 1) % r->frames)
		if (r->own[frame] == 1)
			return frame;
	return MM_NO_FRAME;
}

/* A page of a file's that nobody has changed in a way that only its owner may. */
static bool is_file_page(const struct run *r, uint64_t frame)
{
	return mm24_probe_cached(r->k.mm, frame);
}

/* ---- operations ------------------------------------------------------------------------ */

static void op_free(struct run *r)
{
	uint64_t frame = any_frame(r);

	for (uint64_t i = 0; i < r->frames; i++, frame = (frame + 1) % r->frames) {
		unsigned order = r->own[frame] - 1u;

		if (!r->own[frame] || r->own[frame] == TAIL)
			continue;
		if (!mm24_probe_may_put(r->k.mm, frame, order)) {
			fail(r, "a block that we have cannot be freed", frame);
			return;
		}
		give(r, frame);
		mm24_probe_put(r->k.mm, any_cpu(r), frame, order);
		return;
	}
}

static void op_alloc(struct run *r)
{
	static const uint8_t orders[] = { 1, 1, 1, 2, 2, 3, 4, 6, 9, 10 };
	unsigned order = below(r, 10) ? 0 : orders[below(r, ARRAY_SIZE(orders))];
	uint32_t gfp = below(r, MM24_GFP_MASK + 1);
	struct sim_cpu *cpu = any_cpu(r);
	int nid = below(r, 4) || order > 9 ? -1 : (int)below(r, r->shape->nodes);
	bool memalloc = below(r, 40) == 0;

	/* Mostly, what can be reclaimed is more than what we have; sometimes we take all. */
	if (r->own_pages > r->k.mm->num_physpages * r->shape->most / 100 &&
	    r->step / PHASE % 4) {
		op_free(r);
		return;
	}
	take(r, mm24_probe_alloc(r->k.mm, cpu, cpu->id, nid, gfp, order, memalloc), order, gfp);
}

static void op_cache(struct run *r)
{
	uint64_t frame = own_page(r);

	if (frame == MM_NO_FRAME)
		return;
	if (!mm24_probe_private(r->k.mm, frame))
		fail(r, "a page that only we have is not private", frame);
	give(r, frame);
	if (below(r, 6))
		mm24_probe_cache(r->k.mm, any_cpu(r), frame, below(r, 8) ? 0 : below(r, 3));
	else
		mm24_probe_buffer_page(r->k.mm, any_cpu(r), frame, below(r, 2));
}

static bool can_leave_cache(const struct run *r, uint64_t frame)
{
	return is_file_page(r, frame) && !(tag_of(r, frame) & (MM24_BUFFERS | MM24_LOCKED));
}

static void op_uncache(struct run *r)
{
	uint64_t frame = any_frame(r);

	if (can_leave_cache(r, frame) && !r->held[frame])
		mm24_probe_uncache(r->k.mm, any_cpu(r), frame);
}

static void op_find(struct run *r)
{
	uint64_t frame = any_frame(r);

	if (is_file_page(r, frame))
		mm24_probe_find(r->k.mm, any_cpu(r), frame);
}

static void op_flag(struct run *r)
{
	uint64_t frame = any_frame(r);

	if (mm24_probe_in_use(r->k.mm, frame))
		mm24_probe_set(r->k.mm, frame,
			       below(r, 2) ? MM24_PROBE_DIRTY : MM24_PROBE_REFERENCED, true);
}

static void op_lock(struct run *r)
{
	uint64_t frame = any_frame(r);

	if (is_file_page(r, frame) && !(tag_of(r, frame) & MM24_LOCKED) && below(r, 4) == 0) {
		mm24_probe_set(r->k.mm, frame, MM24_PROBE_LOCKED, true);
		r->locked[frame] = true;
	}
}

static void op_unlock(struct run *r)
{
	for (uint64_t frame = any_frame(r), i = 0; i < 64; i++, frame = (frame + 1) % r->frames)
		if (r->locked[frame]) {
			r->locked[frame] = false;
			mm24_probe_set(r->k.mm, frame, MM24_PROBE_LOCKED, false);
		}
}

static void op_hold(struct run *r)
{
	uint64_t frame = any_frame(r);

	if (is_file_page(r, frame) && r->held[frame] < HELD_MOST && below(r, 4) == 0) {
		mm24_probe_hold(r->k.mm, frame);
		r->held[frame]++;
	}
}

static void put_held(struct run *r, uint64_t frame)
{
	if (!mm24_probe_may_put(r->k.mm, frame, 0)) {
		fail(r, "a reference that we have cannot be dropped", frame);
		return;
	}
	r->held[frame]--;
	mm24_probe_put(r->k.mm, any_cpu(r), frame, 0);
}

static void op_put(struct run *r)
{
	for (uint64_t frame = any_frame(r), i = 0; i < 64; i++, frame = (frame + 1) % r->frames)
		if (r->held[frame])
			put_held(r, frame);
}

static void op_age(struct run *r)
{
	uint64_t frame = any_frame(r);

	if (!mm24_probe_in_use(r->k.mm, frame))
		return;
	switch (below(r, 5)) {
	case 0:
		mm24_probe_age(r->k.mm, any_cpu(r), frame, true);
		break;
	case 1:
		mm24_probe_activate(r->k.mm, any_cpu(r), frame, true);
		break;
	case 2:
		mm24_probe_activate(r->k.mm, any_cpu(r), frame, false);
		break;
	default:
		mm24_probe_age(r->k.mm, any_cpu(r), frame, false);
		break;
	}
}

static void op_buffer(struct run *r)
{
	uint64_t frame = any_frame(r);

	if (is_file_page(r, frame))
		mm24_probe_buffer(r->k.mm, frame, below(r, 20) ? below(r, 2) : 2);
}

static void op_map(struct run *r)
{
	uint64_t frame = below(r, 3) ? own_page(r) : any_frame(r);
	uint32_t id = below(r, SPACES), vpn = below(r, SPACE_PAGES);

	if (frame == MM_NO_FRAME || (r->own[frame] != 1 && !is_file_page(r, frame)) ||
	    !mm24_probe_space_may_map(r->k.mm, id, vpn, frame))
		return;
	if (r->own[frame])
		give(r, frame);
	mm24_probe_space_map(r->k.mm, id, vpn, frame, below(r, 2), below(r, 2));
}

static void op_page_table(struct run *r)
{
	uint32_t id = below(r, SPACES), vpn = below(r, SPACE_PAGES);
	uint64_t frame = 0;

	switch (below(r, 4)) {
	case 0:
		mm24_probe_space_unmap(r->k.mm, any_cpu(r), id, vpn);
		break;
	case 1:
		if (mm24_probe_space_swap_in(r->k.mm, any_cpu(r), id, vpn, below(r, 2),
					     &frame) == MM24_PROBE_IN &&
		    (r->own[frame] || !mm24_probe_in_use(r->k.mm, frame)))
			fail(r, "a page was swapped in to a frame that is not in use", frame);
		break;
	default:
		mm24_probe_space_touch(r->k.mm, id, vpn, below(r, 2));
		break;
	}
}

static void op_reclaim(struct run *r)
{
	static const uint32_t launder[] = { 0, MM24_GFP_KSWAPD, MM24_GFP_KERNEL,
					    MM24_GFP_BUFFER };

	switch (below(r, 4)) {
	case 0:
		mm24_probe_scan(r->k.mm, any_cpu(r), below(r, 7), below(r, 2));
		break;
	case 1:
		mm24_probe_launder(r->k.mm, any_cpu(r), launder[below(r, 4)], below(r, 2));
		break;
	default:
		take(r, mm24_probe_reclaim(r->k.mm, any_cpu(r), below(r, r->k.mm->nzones)), 0,
		     MM24_GFP_HIGHMEM);
		break;
	}
}

static void op_time(struct run *r)
{
	switch (below(r, 4)) {
	case 0:
		mm24_probe_tick(r->k.mm, below(r, 60));
		break;
	case 1:
		mm24_probe_stats(r->k.mm);
		break;
	default:
		mm24_probe_complete(r->k.mm, any_cpu(r), below(r, 12));
		break;
	}
}

static void op_daemon(struct run *r)
{
	uint32_t which = below(r, MM24_PROBE_DAEMONS + 2);

	if (which < MM24_PROBE_DAEMONS)
		gold24_sched_run(&r->sched, any_cpu(r), which);
	else
		gold24_sched_round(&r->sched, any_cpu(r));
}

static const struct {
	unsigned weight;
	void (*run)(struct run *r);
} ops[] = {
	{ 40, op_alloc }, { 6, op_free },        { 24, op_cache },  { 3, op_uncache },
	{ 6, op_find },   { 10, op_flag },       { 2, op_lock },    { 3, op_unlock },
	{ 3, op_hold },   { 3, op_put },         { 10, op_age },    { 3, op_buffer },
	{ 14, op_map },   { 14, op_page_table }, { 5, op_reclaim }, { 5, op_time },
	{ 3, op_daemon },
};

static void one_step(struct run *r)
{
	unsigned sum = 0, at;

	for (unsigned i = 0; i < ARRAY_SIZE(ops); i++)
		sum += ops[i].weight;
	at = below(r, sum);
	for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
		if (at < ops[i].weight) {
			ops[i].run(r);
			return;
		}
		at -= ops[i].weight;
	}
}

/* ---- beginning and end of a run -------------------------------------------------------- */

static void begin(struct run *r, const struct shape *shape, uint64_t seed)
{
	struct kernel24 *k = &r->k;

	memset(r, 0, sizeof(*r));
	r->shape = shape;
	r->seed = r->random = seed;
	k_init(k, shape->cpus, shape->nodes);
	for (unsigned i = 0; i < ARRAY_SIZE(shape->zones) && shape->zones[i].end; i++) {
		const struct mm_zone_span *z = &shape->zones[i];

		k_zone_add(k, z->nid, z->name, z->start, z->end);
		r->frames = z->end > r->frames ? z->end : r->frames;
	}
	k->machine.memory_model = shape->model;
	k->machine.nr_cpus = shape->nr_cpus;
	k->machine.holes = &shape->hole;
	k->machine.nholes = shape->hole.end > 0;
	k->params.hang_rounds[0] = 20;
	CU_ASSERT_FATAL(k_boot(k, false));
	k_by_hand(k, shape->swap_pages, shape->io_sync);
	r->sched.yield_runs = shape->yield_runs;
	gold24_sched_start(&r->sched, k->mm, k->cpus, shape->cpus);
	for (uint32_t id = 0; id < SPACES; id++)
		CU_ASSERT_FATAL(mm24_probe_space_new(k->mm, id, SPACE_PAGES));
	r->own = calloc(r->frames, sizeof(*r->own));
	r->held = calloc(r->frames, sizeof(*r->held));
	r->locked = calloc(r->frames, sizeof(*r->locked));
	CU_ASSERT_FATAL(r->own && r->held && r->locked);
}

static void end(struct run *r)
{
	k_drop(&r->k);
	free(r->own);
	free(r->held);
	free(r->locked);
}

static void check(struct run *r)
{
	if (!mm24_policy.check(r->k.mm, r->k.text, sizeof(r->k.text)))
		fail(r, r->k.text, 0);
}

static void steps(struct run *r, uint64_t n, uint64_t every)
{
	for (uint64_t i = 0; i < n && !r->failed; i++) {
		r->step++;
		one_step(r);
		if (r->step % every == 0)
			check(r);
	}
}

/* We let go of everything that only we have. */
static void let_go(struct run *r)
{
	mm24_probe_complete(r->k.mm, r->k.cpus, UINT32_MAX);
	for (uint64_t f = 0; f < r->frames; f++) {
		if (r->locked[f])
			mm24_probe_set(r->k.mm, f, MM24_PROBE_LOCKED, false);
		while (r->held[f] && !r->failed)
			put_held(r, f);
	}
	while (r->own_pages && !r->failed)
		op_free(r);
	for (uint32_t id = 0; id < SPACES; id++)
		for (uint32_t vpn = 0; vpn < SPACE_PAGES; vpn++)
			mm24_probe_space_unmap(r->k.mm, r->k.cpus, id, vpn);
	for (uint64_t f = 0; f < r->frames; f++)
		if (can_leave_cache(r, f))
			mm24_probe_uncache(r->k.mm, r->k.cpus, f);
}

/* What is left is the kernel's caches: buffers, and swap slots of pages in the swap cache. */
static void check_nothing_is_lost(struct run *r)
{
	struct mm24_probe_lru lru = mm24_probe_state_lru(r->k.mm);
	uint64_t swap = r->shape->swap_pages ? r->shape->swap_pages - 1 : 0;
	uint64_t managed = 0, slots = 0;

	check(r);
	for (unsigned i = 0; i < r->k.mm->nzones; i++)
		managed += r->k.mm->zones[i].managed;
	for (uint64_t f = 0; f < r->frames; f++)
		slots += (tag_of(r, f) & MM24_SWAP_CACHE) != 0;
	if (lru.free + lru.active + lru.inactive_dirty + lru.inactive_clean != managed)
		fail(r, "pages are lost", managed);
	if (mm24_probe_state_free_swap(r->k.mm) + slots != swap)
		fail(r, "swap slots are lost", 0);
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

static uint64_t run_once(const struct shape *shape, uint64_t seed, uint64_t n, uint64_t every)
{
	static struct run r;
	uint64_t digest;

	begin(&r, shape, seed);
	steps(&r, n, every);
	digest = mm24_probe_state_digest_free(r.k.mm) * 31 +
		 mm24_probe_state_digest_lru(r.k.mm) * 7 + r.random;
	if (!r.failed) {
		let_go(&r);
		check_nothing_is_lost(&r);
	}
	CU_ASSERT(!r.failed);
	end(&r);
	return digest;
}

static void every_invariant_holds_after_every_step(void)
{
	uint64_t seed = number_of("PAGESIM_RANDOM_SEED", 1);

	for (unsigned i = 0; i < ARRAY_SIZE(shapes); i++)
		run_once(&shapes[i], seed + i, 5000, 1);
}

static void a_million_steps_lose_no_page(void)
{
	uint64_t seed = number_of("PAGESIM_RANDOM_SEED", 100);
	uint64_t n = number_of("PAGESIM_RANDOM_STEPS", 1000000);
	uint64_t every = number_of("PAGESIM_RANDOM_EVERY", 10);

	for (unsigned i = 0; i < ARRAY_SIZE(shapes); i++)
		run_once(&shapes[i], seed + i, n / ARRAY_SIZE(shapes) + 1, every ? every : 1);
}

static void the_same_seed_ends_in_the_same_state(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(shapes); i++) {
		uint64_t digest = run_once(&shapes[i], 7, 3000, 3000);

		CU_ASSERT_EQUAL(digest, run_once(&shapes[i], 7, 3000, 3000));
		CU_ASSERT_NOT_EQUAL(digest, run_once(&shapes[i], 8, 3000, 3000));
	}
}

static CU_TestInfo tests[] = {
	{ "every invariant holds after every step", every_invariant_holds_after_every_step },
	{ "a million steps lose no page", a_million_steps_lose_no_page },
	{ "the same seed ends in the same state", the_same_seed_ends_in_the_same_state },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "random operations on 2.4.0", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
