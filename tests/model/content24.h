/*
 * A 2.4.0 machine with contents, for tests: disks that take time, others that act while
 * somebody sleeps, and short names for what the kernel offers.
 */
#ifndef TESTS_MODEL_CONTENT24_H
#define TESTS_MODEL_CONTENT24_H

#include "tests/model/kernel24.h"

#define FRAMES 1024
#define SWAP 200

static struct kernel24 k;
static struct sim_cpu *cpu;
static void (*meanwhile)(void);
static unsigned kills;

static inline void act(void)
{
	void (*once)(void) = meanwhile;

	meanwhile = NULL;
	if (once)
		once();
}

static inline void sleeping_io(struct sim_cpu *c, struct sim_disk *disk, uint64_t offset,
			       uint64_t bytes, bool write)
{
	(void)disk;
	(void)offset;
	(void)bytes;
	(void)write;
	c->now += 1000;
	act();
}

static inline uint64_t sleep_long(struct sim_cpu *c, struct sim_queue *queue, uint64_t timeout)
{
	(void)queue;
	if (timeout != UINT64_MAX)
		c->now += timeout;
	act();
	return 0;
}

static inline uint64_t slow_disk(struct sim_cpu *c, struct sim_disk *disk, uint64_t offset,
				 uint64_t bytes, bool write)
{
	(void)disk;
	(void)offset;
	(void)bytes;
	(void)write;
	return sim_now(c) + 1000;
}

static inline struct sim_queue *new_queue(void *ctx, const char *name)
{
	(void)name;
	return ctx;
}

static inline bool no_daemon(void *ctx, const char *name, unsigned node,
			     void (*run)(void *mm, struct sim_cpu *cpu), void *mm)
{
	(void)ctx;
	(void)name;
	(void)node;
	(void)run;
	(void)mm;
	return true;
}

static inline void killed(void *ctx, uint32_t task)
{
	(void)ctx;
	(void)task;
	kills++;
}

static inline void boot(void)
{
	k_one_zone(&k, 1, FRAMES);
	CU_ASSERT_FATAL(k_boot(&k, false));
	cpu = &k.cpus[0];
	meanwhile = NULL;
	kills = 0;
}

/* Disks that take 1000 cycles; whoever waits is an actor. */
static inline void in_a_world(void)
{
	struct mm_host host = { .ctx = &k,
				.queue = new_queue,
				.daemon = no_daemon,
				.killed = killed,
				.swap = (struct sim_disk *)&k,
				.data = (struct sim_disk *)&k,
				.swap_pages = SWAP,
				.jiffy = 100000 };

	k.port.io = sleeping_io;
	k.port.sleep = sleep_long;
	k.port.submit = slow_disk;
	CU_ASSERT_FATAL(mm24_policy.attach(k.mm, &host, k.text, sizeof(k.text)));
}

static inline void boot_world(void)
{
	boot();
	in_a_world();
}

static inline void drop_kernel(void)
{
	CU_ASSERT(k_ok(&k));
	for (uint32_t i = 0; i < FRAMES; i++)
		CU_ASSERT(mm24_page(k.mm, k.mm->frame0 + i)->count >= 0);
	CU_ASSERT_EQUAL(cpu->locked, 0);
	k_drop(&k);
}

static inline uint32_t hold(uint32_t task, enum mm_kind kind, bool dirty, bool active)
{
	uint64_t frame = k_alloc(&k, 0, 0, "GFP_HIGHUSER");
	uint32_t content = mm24_policy.hold(
		k.mm, cpu, frame,
		(struct mm_content){
			.task = task, .kind = kind, .dirty = dirty, .active = active });

	CU_ASSERT_NOT_EQUAL_FATAL(content, MM_NO_CONTENT);
	CU_ASSERT_EQUAL(mm24_policy.content_frame(k.mm, content), frame);
	return content;
}

static inline uint32_t hold_anon(uint32_t task)
{
	return hold(task, MM_KIND_ANON, true, true);
}

static inline uint32_t hold_file(bool dirty)
{
	return hold(1, MM_KIND_FILE, dirty, true);
}

static inline void drop(uint32_t content)
{
	mm24_policy.drop(k.mm, cpu, content);
}

static inline struct mm_access try_it(uint32_t content, bool write)
{
	return mm24_policy.access_try(k.mm, cpu, content, write);
}

static inline struct mm_access wait_it(uint32_t content, bool write)
{
	struct mm_access access;

	cpu->on_actor = true;
	access = mm24_policy.access_wait(k.mm, cpu, content, write);
	cpu->on_actor = false;
	return access;
}

static inline uint32_t page_of(uint32_t content)
{
	uint64_t frame = mm24_policy.content_frame(k.mm, content);

	CU_ASSERT_NOT_EQUAL_FATAL(frame, MM_NO_FRAME);
	return mm24_slot(k.mm, frame);
}

static inline struct mm24_pte *pte_of(uint32_t content)
{
	const struct mm24_content *c = &k.mm->contents[content];

	return &k.mm->tasks[c->task]->space->pte[c->where];
}

/* Reclaim's last steps with a page that is clean and that nobody uses. */
static inline void reclaim(uint32_t page)
{
	k.mm->s[page].tag &= (uint16_t)~MM24_DIRTY;
	mm24_lru_deactivate(k.mm, cpu, page);
	mm24_lru_move(k.mm, cpu, page, MM24_INACTIVE_CLEAN);
	CU_ASSERT_EQUAL_FATAL(mm24_reclaim_page(k.mm, cpu, &k.mm->zones[0]), page);
	mm24_buddy_put(k.mm, cpu, page, 0);
}

static inline void swap_out(uint32_t content)
{
	struct mm24_space *space = k.mm->tasks[k.mm->contents[content].task]->space;

	pte_of(content)->flags &= ~(uint32_t)MM24_PTE_YOUNG;
	k.mm->s[page_of(content)].type = 0;
	space->swap_cnt = 1000;
	space->swap_address = k.mm->contents[content].where;
	mm24_swap_out(k.mm, cpu);
	CU_ASSERT_EQUAL_FATAL(pte_of(content)->flags, MM24_PTE_SWAP);
}

static inline void to_disk(uint32_t content)
{
	if (k.mm->contents[content].kind == MM_KIND_ANON)
		swap_out(content);
	else if (k.mm->s[page_of(content)].tag & MM24_BUFFERS) {
		mm24_buffer_clean(k.mm, page_of(content));
		CU_ASSERT_FATAL(mm24_buffer_try_free(k.mm, cpu, page_of(content), 0));
	}
	reclaim(page_of(content));
	CU_ASSERT_EQUAL_FATAL(mm24_policy.content_frame(k.mm, content), MM_NO_FRAME);
}

#endif
