/*
 * A machine with too little memory: tasks that allocate, access, free and exit, and the
 * kernel's own daemons, each an actor with a stack of its own. Wherever the kernel leaves its
 * CPU, to sleep or only to settle, others act, so that each finds changed what it has looked
 * at. At rest every page, swap slot and content has to be where its users say.
 */
#include <ucontext.h>

#include "tests/model/kernel24.h"

enum {
	FRAMES = 1024,
	SWAP = 300,
	TASKS = 5,
	HELD = 2000,
	WORKERS = 6,
	ACTORS = WORKERS + MM24_DAEMONS,
	STACK = 256 * 1024,
	ROUNDS = 40,
	OPERATIONS = 500, /* a round */
	LONGEST_REST = 100000,
};

static struct kernel24 k;
static uint32_t random_state;
static uint64_t clock_now, disk_free;
static ucontext_t scheduler;
static unsigned operations, checks, kills;
static unsigned in_operation[TASKS];
static bool doomed[TASKS], exiting[TASKS];

/* On CPU number = its own. */
static struct actor {
	ucontext_t context;
	char *stack;
	uint64_t ready; /* date; UINT64_MAX = when somebody wakes it */
	struct sim_queue *queue;
	void (*run)(void *mm, struct sim_cpu *cpu);
	bool idle; /* a worker that has nothing to do */
} actors[ACTORS];

static unsigned nactors, nqueues;

/* Places of contents: free ones are all zero. */
static struct {
	uint32_t content, task;
	bool used, held, anon, ended;
	unsigned accessed; /* by so many at the moment */
} held[HELD];

static uint32_t draw(uint32_t n)
{
	return k_random(&random_state) % n;
}

/* ---- the engine of this test ----------------------------------------------------------- */

static void leave(struct sim_cpu *cpu, uint64_t until, struct sim_queue *queue)
{
	struct actor *self = &actors[cpu->id];

	CU_ASSERT_EQUAL_FATAL(cpu->locked, 0);
	self->ready = until;
	self->queue = queue;
	swapcontext(&self->context, &scheduler);
	self->queue = NULL;
}

static void settle(struct sim_cpu *cpu)
{
	leave(cpu, sim_now(cpu), NULL);
}

static uint64_t sleep_on(struct sim_cpu *cpu, struct sim_queue *queue, uint64_t timeout)
{
	leave(cpu, timeout == UINT64_MAX ? UINT64_MAX : sim_now(cpu) + timeout, queue);
	return 0;
}

static uint32_t wake(struct sim_cpu *cpu, struct sim_queue *queue, uint32_t n)
{
	uint32_t woken = 0;

	for (unsigned i = 0; i < nactors && woken < n; i++)
		if (queue && actors[i].queue == queue) {
			actors[i].queue = NULL;
			actors[i].ready = sim_now(cpu);
			woken++;
		}
	return woken;
}

static void yield(struct sim_cpu *cpu)
{
	leave(cpu, sim_now(cpu) + 20, NULL);
}

static uint64_t submit(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset,
		       uint64_t bytes, bool write)
{
	(void)disk;
	(void)offset;
	(void)bytes;
	(void)write;
	disk_free = (disk_free > sim_now(cpu) ? disk_free : sim_now(cpu)) + 500;
	return disk_free;
}

static void read_or_write(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset,
			  uint64_t bytes, bool write)
{
	leave(cpu, submit(cpu, disk, offset, bytes, write), NULL);
}

static void begin(unsigned number)
{
	actors[number].run(k.mm, &k.cpus[number]);
}

static void add_actor(void (*run)(void *mm, struct sim_cpu *cpu))
{
	struct actor *a = &actors[nactors];

	*a = (struct actor){ .run = run, .stack = malloc(STACK) };
	CU_ASSERT_PTR_NOT_NULL_FATAL(a->stack);
	CU_ASSERT_EQUAL_FATAL(getcontext(&a->context), 0);
	a->context.uc_stack.ss_sp = a->stack;
	a->context.uc_stack.ss_size = STACK;
	a->context.uc_link = &scheduler;
	makecontext(&a->context, (void (*)(void))begin, 1, nactors);
	k.cpus[nactors++].on_actor = true;
}

/* Whoever is ready first runs until it leaves. False: nobody will ever be. */
static bool run_next(void)
{
	unsigned next = 0;

	for (unsigned i = 1; i < nactors; i++)
		if (actors[i].ready < actors[next].ready)
			next = i;
	if (actors[next].ready == UINT64_MAX)
		return false;
	if (clock_now < actors[next].ready)
		clock_now = actors[next].ready;
	k.cpus[next].now = clock_now;
	k.cpus[next].due = 0;
	swapcontext(&scheduler, &actors[next].context);
	return true;
}

static struct sim_queue *new_queue(void *ctx, const char *name)
{
	(void)name;
	return (struct sim_queue *)((char *)ctx + ++nqueues);
}

static bool new_daemon(void *ctx, const char *name, unsigned node,
		       void (*run)(void *mm, struct sim_cpu *cpu), void *mm)
{
	(void)ctx;
	(void)name;
	(void)node;
	(void)mm;
	add_actor(run);
	return true;
}

static void killed(void *ctx, uint32_t task)
{
	(void)ctx;
	CU_ASSERT_FATAL(task < TASKS);
	doomed[task] = true;
	kills++;
}

static void work(void *mm, struct sim_cpu *cpu);

static void boot(void)
{
	struct mm_host host = { .ctx = &k,
				.queue = new_queue,
				.daemon = new_daemon,
				.killed = killed,
				.swap = (struct sim_disk *)&k,
				.data = (struct sim_disk *)&k,
				.swap_pages = SWAP,
				.jiffy = 1000 };

	k_one_zone(&k, ACTORS, FRAMES);
	k.params.hang_rounds[0] = 40;
	CU_ASSERT_FATAL(k_boot(&k, false));
	k.port = (struct sim_port){ settle, sleep_on, wake,  yield,  read_or_write,
				    submit, k_run_on, watch, watched };
	nactors = nqueues = 0;
	clock_now = disk_free = 0;
	memset(held, 0, sizeof(held));
	memset(in_operation, 0, sizeof(in_operation));
	memset(doomed, 0, sizeof(doomed));
	memset(exiting, 0, sizeof(exiting));
	for (unsigned i = 0; i < WORKERS; i++)
		add_actor(work);
	CU_ASSERT_FATAL(mm24_policy.attach(k.mm, &host, k.text, sizeof(k.text)));
}

static void end(void)
{
	k_drop(&k);
	for (unsigned i = 0; i < nactors; i++)
		free(actors[i].stack);
}

/* ---- what actors do -------------------------------------------------------------------- */

static uint64_t allocate(struct sim_cpu *cpu, uint32_t task)
{
	static const char *const gfps[] = { "GFP_HIGHUSER", "GFP_HIGHUSER", "GFP_BUFFER",
					    "GFP_ATOMIC" };
	struct mm_request req = { .gfp = k_gfp(gfps[draw(4)]), .task = task };
	struct mm_grant grant = mm24_policy.alloc_try(k.mm, cpu, req);

	if (grant.verdict == MM_WOULD_SLEEP)
		grant = mm24_policy.alloc_wait(k.mm, cpu, req, grant);
	return grant.frame;
}

static unsigned free_place(void)
{
	unsigned place = draw(HELD);

	for (unsigned i = 0; i < 8 && held[place].used; i++)
		place = draw(HELD);
	return held[place].used ? HELD : place;
}

static void hold_one(struct sim_cpu *cpu, uint32_t task)
{
	struct mm_content what = { .task = task,
				   .kind = draw(3) ? MM_KIND_ANON : MM_KIND_FILE,
				   .dirty = draw(2),
				   .active = draw(2) };
	uint64_t frame = allocate(cpu, task);
	unsigned place = free_place();

	if (frame == MM_NO_FRAME)
		return;
	if (place == HELD) {
		k_free(&k, cpu->id, frame, 0);
		return;
	}
	held[place].used = true;
	held[place].task = task;
	held[place].anon = what.kind == MM_KIND_ANON;
	held[place].content = mm24_policy.hold(k.mm, cpu, frame, what);
	CU_ASSERT_NOT_EQUAL_FATAL(held[place].content, MM_NO_CONTENT);
	held[place].held = true;
}

/* Mostly as a replay does, which does not drop what somebody accesses. */
static void drop_one(struct sim_cpu *cpu)
{
	unsigned place = draw(HELD);
	uint32_t content = held[place].content;

	if (!held[place].held || (held[place].accessed && draw(4)))
		return;
	held[place].held = false;
	mm24_policy.drop(k.mm, cpu, content);
	memset(&held[place], 0, sizeof(held[place]));
}

static void access_one(struct sim_cpu *cpu)
{
	unsigned place = draw(HELD);
	uint32_t content = held[place].content;
	bool write = draw(2);
	struct mm_access access;

	if (!held[place].held)
		return;
	held[place].accessed++;
	access = mm24_policy.access_try(k.mm, cpu, content, write);
	if (access.verdict == MM_WOULD_SLEEP)
		access = mm24_policy.access_wait(k.mm, cpu, content, write);
	CU_ASSERT_NOT_EQUAL(access.verdict, MM_WOULD_SLEEP);
	CU_ASSERT_EQUAL(access.verdict == MM_DONE, access.frame != MM_NO_FRAME);
	if (held[place].accessed)
		held[place].accessed--;
}

static void exit_one(struct sim_cpu *cpu, uint32_t task)
{
	if (in_operation[task] || exiting[task])
		return;
	exiting[task] = true;
	for (unsigned i = 0; i < HELD; i++)
		held[i].ended |= held[i].used && held[i].anon && held[i].task == task;
	mm24_policy.task_exit(k.mm, cpu, task);
	exiting[task] = doomed[task] = false;
}

static void operation(struct sim_cpu *cpu, uint32_t task)
{
	if (exiting[task] || doomed[task])
		return;
	in_operation[task]++;
	hold_one(cpu, task);
	in_operation[task]--;
}

static void act_once(struct sim_cpu *cpu)
{
	uint32_t task = draw(TASKS), what = draw(100);

	if (doomed[task])
		exit_one(cpu, task);
	else if (what < 40)
		operation(cpu, task);
	else if (what < 80)
		access_one(cpu);
	else if (draw(64))
		drop_one(cpu);
	else if (draw(16) == 0)
		exit_one(cpu, task);
}

static void exit_the_doomed(struct sim_cpu *cpu)
{
	for (uint32_t i = 0; i < TASKS; i++)
		if (doomed[i])
			exit_one(cpu, i);
}

static void work(void *mm, struct sim_cpu *cpu)
{
	(void)mm;
	for (;;) {
		if (operations) {
			operations--;
			act_once(cpu);
		} else {
			exit_the_doomed(cpu);
			actors[cpu->id].idle = true;
		}
		leave(cpu, sim_now(cpu) + draw(300), NULL);
		actors[cpu->id].idle = false;
	}
}

/* ---- what holds at rest ---------------------------------------------------------------- */

static void count_swap_uses(uint32_t uses[SWAP])
{
	for (unsigned i = 0; i < SWAP; i++)
		uses[i] = k.mm->swap.page[i] != MM24_NONE;
	for (const struct mm24_space *s = k.mm->mmlist; s; s = s->next)
		for (uint32_t i = 0; i < s->pages; i++)
			if (s->pte[i].flags & MM24_PTE_SWAP)
				uses[s->pte[i].value]++;
}

static bool swap_is_counted(void)
{
	uint32_t uses[SWAP];

	count_swap_uses(uses);
	for (unsigned i = 1; i < SWAP; i++)
		if (uses[i] != k.mm->swap.map[i])
			return false;
	return true;
}

/* References and flags of a page that somebody holds, and that it is nobody else's. */
static bool page_is_right(uint64_t frame, bool anon, uint8_t seen[FRAMES])
{
	uint32_t slot = mm24_slot(k.mm, frame);
	unsigned tag = k.mm->s[slot].tag;
	int32_t count = !!(tag & MM24_MAPPING) + !!(tag & MM24_BUFFERS);
	bool in_cache = (tag & MM24_MAPPING) != 0;

	if (seen[frame]++ || tag & (MM24_FREE | MM24_RESERVED))
		return false;
	if (!anon)
		return in_cache && !(tag & MM24_SWAP_CACHE) &&
		       mm24_page(k.mm, slot)->count == count;
	if (in_cache != ((tag & MM24_SWAP_CACHE) != 0))
		return false;
	return mm24_page(k.mm, slot)->count == count ||
	       mm24_page(k.mm, slot)->count == count + 1;
}

static bool contents_are_right(void)
{
	uint64_t total_vm[TASKS] = { 0 };
	uint8_t seen[FRAMES] = { 0 };

	for (unsigned i = 0; i < HELD; i++) {
		uint64_t frame;

		if (!held[i].held)
			continue;
		frame = mm24_policy.content_frame(k.mm, held[i].content);
		if (mm24_policy.content_task(k.mm, held[i].content) !=
		    (held[i].ended ? UINT32_MAX : held[i].task))
			return false;
		total_vm[held[i].task] += held[i].anon && !held[i].ended;
		if (frame != MM_NO_FRAME && !page_is_right(frame, held[i].anon, seen))
			return false;
	}
	for (uint32_t t = 0; t < TASKS; t++)
		if (mm24_oom_task(k.mm, t)->total_vm != total_vm[t])
			return false;
	return true;
}

static bool is_at_rest(void)
{
	for (unsigned i = 0; i < WORKERS; i++)
		if (!actors[i].idle)
			return false;
	for (unsigned i = 0; i < MM24_DAEMONS; i++)
		if (!k.mm->daemon[i].asleep)
			return false;
	return true;
}

/* Nothing is begun any more, what was begun comes to its end. */
static void check_at_rest(void)
{
	unsigned left = LONGEST_REST;

	while (!is_at_rest() && left-- > 0)
		CU_ASSERT_FATAL(run_next());
	if (!is_at_rest())
		return;
	checks++;
	CU_ASSERT_FATAL(k_ok(&k));
	CU_ASSERT_FATAL(swap_is_counted());
	CU_ASSERT_FATAL(contents_are_right());
}

/* Every frame is free or waits for reclaim on a list, and no content has it. */
static void drop_all(void)
{
	struct sim_cpu *cpu = &k.cpus[0];

	cpu->on_actor = false; /* nobody else acts */
	for (unsigned i = 0; i < HELD; i++)
		if (held[i].held)
			mm24_policy.drop(k.mm, cpu, held[i].content);
	cpu->now = clock_now + 1000000;
	mm24_io_reap(k.mm, cpu);
	CU_ASSERT(k_ok(&k));
	CU_ASSERT(swap_is_counted());
	CU_ASSERT_EQUAL(k.mm->nr_free + k.mm->nr_active + k.mm->nr_inactive_dirty +
				k.mm->nr_clean,
			FRAMES);
	for (uint32_t i = 0; i < FRAMES; i++)
		CU_ASSERT_EQUAL(mm24_page(k.mm, k.mm->frame0 + i)->content, 0);
	CU_ASSERT_EQUAL(k.mm->nr_dirty_buffers, 0);
}

static void pages_slots_and_contents_are_where_their_users_say(void)
{
	for (unsigned seed = 1; seed <= 3; seed++) {
		random_state = seed * 2654435761u;
		checks = 0;
		for (unsigned i = 0; i < ROUNDS; i++) {
			operations = OPERATIONS;
			while (operations)
				CU_ASSERT_FATAL(run_next());
			check_at_rest();
		}
		CU_ASSERT(checks > ROUNDS / 2);
		/* What is told apart here has happened. */
		CU_ASSERT(k.mm->stats.refaults_swap > 100);
		CU_ASSERT(k.mm->stats.refaults_file > 100);
		CU_ASSERT(k.mm->stats.unmapped > 100);
		CU_ASSERT(k.mm->stats.blocks > 10);
		drop_all();
		end();
		boot();
	}
	CU_ASSERT(kills > 0);
}

static CU_TestInfo tests[] = {
	{ "pages, slots and contents are where their users say",
	  pages_slots_and_contents_are_where_their_users_say },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "mm24_world", NULL, NULL, boot, end, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
