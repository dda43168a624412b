/*
 * Machines with too little memory and what happens on them: tasks that allocate, access, free
 * and exit, writes to /proc/sys/vm, isolated pageblocks. A ledger says who has what. For
 * test_mm412_world.c.
 */
#ifndef TESTS_TASKS412_H
#define TESTS_TASKS412_H

#include "tests/model/actors412.h"

enum {
	WORKERS = 5,
	TASKS = 6,
	HELD = 9000,
	HUGE_PLACES = 2048, /* the first ones are for huge pages only */
	RAW = 300,
	PHASE = 3000, /* steps */
};

struct shape {
	const char *name;
	enum mm_arch arch;
	struct mm_zone_span zones[3];
	unsigned nzones, nodes, ncma;
	struct mm_cma cma;
	uint64_t swap_pages;
	bool rotates, late; /* a disk that seeks; contents are told when they are wanted */
};

static const struct shape shapes[] = {
	{ .name = "one zone, a disk for swap",
	  .zones = { { 0, "Normal", K_NORMAL, K_NORMAL + 4096 } },
	  .nzones = 1,
	  .nodes = 1,
	  .swap_pages = 400,
	  .rotates = true },
	{ .name = "two nodes, swap without seeks, contents told late",
	  .zones = { { 0, "DMA32", K_NORMAL - 2048, K_NORMAL },
		     { 0, "Normal", K_NORMAL, K_NORMAL + 2048 },
		     { 1, "Normal", K_NORMAL + 2048, K_NORMAL + 5120 } },
	  .nzones = 3,
	  .nodes = 2,
	  .swap_pages = 3000,
	  .late = true },
	{ .name = "a CMA area and movable memory, no swap",
	  .zones = { { 0, "Normal", K_NORMAL, K_NORMAL + 4096 },
		     { 0, "Movable", K_NORMAL + 4096, K_NORMAL + 6144 } },
	  .nzones = 2,
	  .nodes = 1,
	  .ncma = 1,
	  .cma = { 0, K_NORMAL + 1024, K_NORMAL + 2048 } },
	{ .name = "high memory, little swap",
	  .arch = MM_ARCH_I386,
	  .zones = { { 0, "Normal", 0, 3072 }, { 0, "HighMem", 3072, 4096 } },
	  .nzones = 2,
	  .nodes = 1,
	  .swap_pages = 300,
	  .rotates = true },
};

static const struct shape *shape;
static uint64_t seed, operations_left, done, kills, rests, refaults, refused;
static bool told; /* contents are told as they are made */

/* Tasks have numbers of their own for ever; here are those that live. */
static struct {
	uint32_t number;
	unsigned in_operation;
	bool doomed, exiting;
} live[TASKS];

static uint32_t next_number;

/* Contents; frames until they are told. */
static struct {
	uint32_t content, task;
	uint64_t frame;
	struct mm_content what;
	bool used, held, ended;
	unsigned accessed; /* by so many at the moment */
} held[HELD];

/* Blocks whose contents the kernel does not know. */
static struct {
	uint64_t frame;
	unsigned order;
	bool used;
} raw[RAW];

/* ---- the ledger ------------------------------------------------------------------------- */

static unsigned live_of(uint32_t number)
{
	unsigned i = 0;

	while (i < TASKS && live[i].number != number)
		i++;
	return i;
}

static void killed(void *ctx, uint32_t number)
{
	unsigned i = live_of(number);

	(void)ctx;
	kills++;
	if (i < TASKS)
		live[i].doomed = true;
}

static void tell(struct sim_cpu *cpu, unsigned place)
{
	unsigned n = 1u << held[place].what.order;
	bool was = cpu->on_actor;
	uint32_t first;

	cpu->on_actor = false;
	first = mm412_policy.hold(a_all.mm, cpu, held[place].frame, held[place].what);
	cpu->on_actor = was;
	CU_ASSERT_NOT_EQUAL_FATAL(first, MM_NO_CONTENT);
	for (unsigned i = 0; i < n; i++) {
		held[place + i].content = first + i;
		held[place + i].held = true;
	}
}

/* In the order of the places, which is not that of the allocations: no matter here. Places of
 * requests that are still under way have no frame. */
static void wanted(void *ctx, struct sim_cpu *cpu)
{
	(void)ctx;
	CU_ASSERT_FALSE_FATAL(told);
	told = true;
	for (unsigned i = 0; i < HELD; i++)
		if (held[i].used && !held[i].held && held[i].frame)
			tell(cpu, i);
}

static unsigned draw_place(bool huge)
{
	return huge ? a_draw(HUGE_PLACES / 512) * 512
		    : HUGE_PLACES + a_draw(HELD - HUGE_PLACES);
}

/* One, or 512 for a huge page; HELD = none found. */
static unsigned free_places(bool huge)
{
	for (unsigned tries = 0; tries < 8; tries++) {
		unsigned at = draw_place(huge), i = 0;

		while (i < (huge ? 512 : 1) && !held[at + i].used)
			i++;
		if (i == (huge ? 512 : 1))
			return at;
	}
	return HELD;
}

/* ---- what tasks do ---------------------------------------------------------------------- */

static struct mm_grant allocate(struct sim_cpu *cpu, uint32_t task, unsigned order,
				const char *gfp)
{
	struct mm_request req = { k_gfp(gfp), (uint8_t)order, (uint8_t)cpu->node, task };
	struct mm_grant grant;

	if (a_draw(16) == 0)
		req.node = (uint8_t)a_draw(shape->nodes);
	cpu->on_actor = false;
	grant = mm412_policy.alloc_try(a_all.mm, cpu, req);
	cpu->on_actor = true;
	if (grant.verdict == MM_WOULD_SLEEP)
		grant = mm412_policy.alloc_wait(a_all.mm, cpu, req, grant);
	CU_ASSERT_NOT_EQUAL(grant.verdict, MM_WOULD_SLEEP);
	CU_ASSERT_EQUAL(grant.verdict == MM_DONE, grant.frame != MM_NO_FRAME);
	return grant;
}

static void give(struct sim_cpu *cpu, uint64_t frame, unsigned order)
{
	cpu->on_actor = false;
	mm412_policy.free(a_all.mm, cpu, frame, order, a_draw(4) == 0);
	cpu->on_actor = true;
}

/* Memory fills up, is asked for by tasks for themselves until some are killed, and is given
 * back, in turns. */
enum phase { FILLING, GRASPING, GIVING };

static enum phase phase(void)
{
	return (enum phase)(a_all.switches / PHASE % 3);
}

/* Without swap shared memory cannot go, and nobody is killed for it. */
static enum mm_kind draw_kind(void)
{
	unsigned what = a_draw(20);

	if (what < (phase() == GRASPING ? 19 : 8))
		return MM_KIND_ANON;
	if (what < 16)
		return MM_KIND_FILE;
	return what == 16 && shape->swap_pages > 1000 ? MM_KIND_SHMEM : MM_KIND_SLAB;
}

static void hold_one(struct sim_cpu *cpu, uint32_t task, bool huge)
{
	static const char *const gfps[MM_KINDS] = { "GFP_HIGHUSER_MOVABLE",
						    "GFP_HIGHUSER_MOVABLE|__GFP_WRITE",
						    "GFP_HIGHUSER_MOVABLE",
						    "GFP_KERNEL|__GFP_RECLAIMABLE" };
	struct mm_content what = { .task = task, .kind = huge ? MM_KIND_ANON : draw_kind() };
	unsigned order = huge ? MM412_HUGE_ORDER : 0;
	unsigned place = free_places(huge);
	struct mm_grant grant;

	if (place == HELD)
		return;
	what.dirty = a_draw(2);
	what.active = a_draw(2);
	what.order = (uint8_t)order;
	for (unsigned i = 0; i < 1u << order; i++)
		held[place + i].used = true;
	grant = allocate(cpu, task, order,
			 huge ? (a_draw(2) ? "GFP_TRANSHUGE" : "GFP_TRANSHUGE_LIGHT")
			      : gfps[what.kind]);
	if (grant.verdict != MM_DONE) {
		for (unsigned i = 0; i < 1u << order; i++)
			held[place + i].used = false;
		return;
	}
	for (unsigned i = 0; i < 1u << order; i++) {
		held[place + i].task = task;
		held[place + i].what = what;
		held[place + i].frame = grant.frame + i;
	}
	if (told)
		tell(cpu, place);
}

/* A task that is killed goes on no longer. The first ones fill the memory. */
static void hold_some(struct sim_cpu *cpu, unsigned i, bool huge)
{
	unsigned n = huge ? 1 : 1 + a_draw(done < 200 ? 60 : 12);

	while (n-- > 0 && !live[i].doomed)
		hold_one(cpu, live[i].number, huge);
}

static void drop_at(struct sim_cpu *cpu, unsigned place)
{
	uint32_t content = held[place].content;

	if (!held[place].held || held[place].accessed)
		return;
	memset(&held[place], 0, sizeof(held[place]));
	cpu->on_actor = false;
	mm412_policy.drop(a_all.mm, cpu, content);
	cpu->on_actor = true;
}

static void drop_one(struct sim_cpu *cpu)
{
	unsigned place = a_draw(HELD);

	if (!held[place].held)
		return;
	/* Often all of a huge page. */
	if (held[place].what.order == 0 || a_draw(3) == 0) {
		drop_at(cpu, place);
		return;
	}
	place &= ~511u;
	for (unsigned i = 0; i < 512 && place + i < HELD; i++)
		drop_at(cpu, place + i);
}

static void access_at(struct sim_cpu *cpu, unsigned place)
{
	uint32_t content = held[place].content;
	bool write = a_draw(3) == 0;
	struct mm_access access;

	held[place].accessed++;
	cpu->on_actor = false;
	access = mm412_policy.access_try(a_all.mm, cpu, content, write);
	cpu->on_actor = true;
	if (access.verdict == MM_WOULD_SLEEP)
		access = mm412_policy.access_wait(a_all.mm, cpu, content, write);
	CU_ASSERT_NOT_EQUAL(access.verdict, MM_WOULD_SLEEP);
	CU_ASSERT_EQUAL(access.verdict == MM_DONE, access.frame != MM_NO_FRAME);
	refaults += access.refault;
	held[place].accessed--;
}

/* An operation of the task whose memory it is, as long as that one lives. */
static void access_one(struct sim_cpu *cpu)
{
	unsigned place = a_draw(HELD), i = live_of(held[place].task);

	if (!held[place].held || held[place].ended)
		return;
	if (i == TASKS) {
		access_at(cpu, place);
		return;
	}
	if (live[i].exiting || live[i].doomed)
		return;
	live[i].in_operation++;
	access_at(cpu, place);
	live[i].in_operation--;
}

static void raw_one(struct sim_cpu *cpu, uint32_t task)
{
	static const char *const gfps[] = { "GFP_KERNEL",
					    "GFP_ATOMIC",
					    "GFP_NOFS",
					    "GFP_NOIO",
					    "GFP_NOWAIT",
					    "GFP_KERNEL|__GFP_NORETRY",
					    "GFP_KERNEL|__GFP_REPEAT",
					    "GFP_KERNEL|__GFP_COMP|__GFP_NOWARN",
					    "GFP_USER",
					    "GFP_HIGHUSER",
					    "GFP_KERNEL|__GFP_RECLAIMABLE",
					    "GFP_KERNEL|__GFP_NOMEMALLOC" };
	unsigned place = a_draw(RAW), order = a_draw(3) ? 0 : a_draw(7);
	struct mm_grant grant;

	if (raw[place].used) {
		struct sim_cpu *c = cpu;
		uint64_t frame = raw[place].frame;

		raw[place].used = false;
		if (raw[place].order && a_draw(3) == 0) {
			mm412_policy.split(a_all.mm, frame, raw[place].order);
			for (unsigned i = 0; i < 1u << raw[place].order; i++)
				give(c, frame + i, 0);
			return;
		}
		give(c, frame, raw[place].order);
		return;
	}
	if (place >= RAW / 2 && order == 0)
		order = 1;
	grant = allocate(cpu, task, order, gfps[a_draw(ARRAY_SIZE(gfps))]);
	if (grant.verdict != MM_DONE)
		return;
	if (raw[place].used) {
		give(cpu, grant.frame, order);
		return;
	}
	raw[place].frame = grant.frame;
	raw[place].order = order;
	raw[place].used = true;
}

/* ---- what happens to the machine -------------------------------------------------------- */

static void write_sysctl(struct sim_cpu *cpu)
{
	static const struct {
		const char *name;
		uint32_t low, high;
	} sysctls[] = {
		{ "min_free_kbytes", 128, 1500 },
		{ "watermark_scale_factor", 10, 600 },
		{ "lowmem_reserve_ratio", 20, 256 },
		{ "percpu_pagelist_fraction", 8, 100 },
		{ "swappiness", 0, 100 },
		{ "vfs_cache_pressure", 0, 300 },
		{ "page-cluster", 0, 4 },
		{ "zone_reclaim_mode", 0, 7 },
		{ "min_unmapped_ratio", 0, 20 },
		{ "min_slab_ratio", 0, 20 },
		{ "dirty_ratio", 5, 60 },
		{ "dirty_background_ratio", 1, 30 },
		{ "dirty_bytes", 8192, 4000000 },
		{ "dirty_background_bytes", 1, 2000000 },
		{ "dirty_writeback_centisecs", 0, 500 },
		{ "dirty_expire_centisecs", 10, 3000 },
		{ "read_ahead_kb", 0, 128 },
		{ "extfrag_threshold", 0, 1000 },
		{ "compact_unevictable_allowed", 0, 1 },
		{ "oom_kill_allocating_task", 0, 1 },
		{ "compact_memory", 1, 1 },
		{ "drop_caches", 1, 3 },
	};
	unsigned which = a_draw(ARRAY_SIZE(sysctls));
	uint64_t value =
		sysctls[which].low + a_draw(sysctls[which].high - sysctls[which].low + 1);
	char text[200];

	/* Nobody remembers what it was: back to the kernel's presets now and then. */
	if (a_draw(4) == 0 && sysctls[which].low == 128)
		value = 500;
	cpu->on_actor = a_draw(2);
	CU_ASSERT(mm412_policy.sysctl(a_all.mm, cpu, sysctls[which].name, &value, 1, text,
				      sizeof(text)));
	cpu->on_actor = true;
}

static void isolate(struct sim_cpu *cpu)
{
	const struct mm_zone_span *zone = &shape->zones[a_draw(shape->nzones)];
	uint64_t blocks = (zone->end - zone->start) / 512;
	uint64_t frame = zone->start + a_draw((uint32_t)blocks) * 512;

	if (!shape->ncma)
		return;
	cpu->on_actor = false;
	refused +=
		mm412_policy.isolate(a_all.mm, cpu, frame, a_draw(4) == 0) != MM_ISOLATION_DONE;
	cpu->on_actor = true;
}

static void rule(uint32_t task)
{
	uint64_t all = (UINT64_C(1) << shape->nodes) - 1;
	struct mm_task_rules rules = {
		.policy = (enum mm_mempolicy)a_draw(4),
		.policy_nodes = 1 + a_draw((uint32_t)all),
		.cpuset_nodes = a_draw((uint32_t)all + 1),
		.oom_score_adj = (int)a_draw(400) - 200,
		.cap_sys_admin = a_draw(8) == 0,
	};
	char text[200];

	mm412_policy.task_rules(a_all.mm, task, &rules, text, sizeof(text));
}

static void tick(struct sim_cpu *cpu)
{
	cpu->on_actor = false;
	mm412_policy.tick(a_all.mm, cpu);
	cpu->on_actor = true;
}

static void exit_one(struct sim_cpu *cpu, unsigned i)
{
	if (live[i].in_operation || live[i].exiting)
		return;
	live[i].exiting = true;
	cpu->on_actor = a_draw(2);
	for (unsigned p = 0; p < HELD; p++)
		held[p].ended |= held[p].used && held[p].what.kind == MM_KIND_ANON &&
				 held[p].task == live[i].number && held[p].held;
	mm412_policy.task_exit(a_all.mm, cpu, live[i].number);
	cpu->on_actor = true;
	live[i].number = next_number++;
	live[i].doomed = live[i].exiting = false;
}

static void rare(struct sim_cpu *cpu, unsigned i)
{
	switch (a_draw(5)) {
	case 0:
		write_sysctl(cpu);
		break;
	case 1:
		isolate(cpu);
		break;
	case 2:
		rule(live[i].number);
		break;
	case 3:
		if (a_draw(8) == 0)
			exit_one(cpu, i);
		break;
	default:
		tick(cpu);
	}
}

/* Shares of holds, accesses and drops in a thousand; then come other blocks and rare things. */
static const unsigned shares[][3] = {
	[FILLING] = { 400, 720, 850 },
	[GRASPING] = { 700, 920, 940 },
	[GIVING] = { 150, 650, 960 },
};

static void act_once(struct sim_cpu *cpu)
{
	unsigned i = a_draw(TASKS), what = a_draw(1000);
	const unsigned *share = shares[phase()];

	if (live[i].doomed) {
		exit_one(cpu, i);
		return;
	}
	if (live[i].exiting)
		return;
	live[i].in_operation++;
	if (what < share[0])
		hold_some(cpu, i, what < 8);
	else if (what < share[1])
		access_one(cpu);
	else if (what < share[2])
		drop_one(cpu);
	else if (what < 985)
		raw_one(cpu, live[i].number);
	live[i].in_operation--;
	if (what >= 985)
		rare(cpu, i);
}

static void exit_the_doomed(struct sim_cpu *cpu)
{
	for (unsigned i = 0; i < TASKS; i++)
		if (live[i].doomed)
			exit_one(cpu, i);
}

static void work(void *arg, struct sim_cpu *cpu)
{
	(void)arg;
	for (;;) {
		if (operations_left) {
			for (unsigned n = 1 + a_draw(4); n > 0 && operations_left; n--) {
				operations_left--;
				act_once(cpu);
				done++;
			}
		} else {
			/* No CPU is idle for ever: what waits in its pagevecs keeps reclaim
			 * that insists (__GFP_REPEAT) going. */
			exit_the_doomed(cpu);
			mm412_pagevec_drain(a_all.mm, cpu);
			a_of(cpu)->idle = true;
		}
		a_sleep_until(cpu, NULL, sim_now(cpu) + a_draw(30000));
		a_of(cpu)->idle = false;
	}
}

/* ---- machines --------------------------------------------------------------------------- */

static void begin(const struct shape *s, uint64_t with_seed)
{
	struct mm_host host = { .killed = killed,
				.swap_pages = s->swap_pages,
				.data_start = s->swap_pages * 4096,
				.swap_rotates = s->rotates,
				.wanted = s->late ? wanted : NULL };

	shape = s;
	seed = with_seed;
	memset(&a_all, 0, sizeof(a_all));
	memset(held, 0, sizeof(held));
	memset(raw, 0, sizeof(raw));
	done = kills = rests = refaults = refused = 0;
	told = !s->late;
	next_number = 1;
	for (unsigned i = 0; i < TASKS; i++) {
		memset(&live[i], 0, sizeof(live[i]));
		live[i].number = next_number++;
	}
	k_init(&a_all.k, WORKERS + 2 * s->nodes + 2, s->nodes);
	a_all.random = (uint32_t)(with_seed * 2654435761u) | 1;
	a_all.k.machine.arch = s->arch;
	a_all.k.machine.zones = s->zones;
	a_all.k.machine.nzones = s->nzones;
	a_all.k.machine.cma = s->ncma ? &s->cma : NULL;
	a_all.k.machine.ncma = s->ncma;
	for (unsigned i = 0; i < WORKERS; i++)
		a_add("worker", 0, false, work, NULL);
	a_boot(&host);
}

#endif
