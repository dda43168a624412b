/* attach() and the end: tables, queues, daemons and their nodes, and what happens when memory
 * is short. */
#include "tests/model/world412.h"

static struct world412 w;

/* Node 0: CPU 0 and two zones. Node 1: memory alone. Node 2: CPU 1 alone. */
static void three_nodes(void)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "DMA32", 4096, 8192 },
		{ 0, "Normal", K_NORMAL, K_NORMAL + 4096 },
		{ 1, "Normal", K_NORMAL + 4096, K_NORMAL + 12288 },
	};

	w_init(&w, 2, 3);
	w.k.cpu_node[1] = 2;
	w.k.cpus[1].node = 2;
	w.k.machine.zones = zones;
	w.k.machine.nzones = ARRAY_SIZE(zones);
	w_boot_only(&w);
}

static unsigned daemons(const char *name, unsigned node)
{
	unsigned n = 0;

	for (unsigned i = 0; i < w.ndaemons; i++)
		n += strcmp(w.daemons[i].name, name) == 0 && w.daemons[i].node == node;
	return n;
}

static void nodes_with_memory_get_a_kswapd_and_a_kcompactd(void)
{
	three_nodes();
	CU_ASSERT_TRUE_FATAL(w_attach(&w, 64));
	CU_ASSERT_EQUAL(w.ndaemons, 6);
	CU_ASSERT_EQUAL(daemons("kswapd0", 0), 1);
	CU_ASSERT_EQUAL(daemons("kswapd1", 1), 1);
	CU_ASSERT_EQUAL(daemons("kcompactd0", 0), 1);
	CU_ASSERT_EQUAL(daemons("kcompactd1", 1), 1);
	CU_ASSERT_EQUAL(daemons("oom_reaper", 0), 1);
	CU_ASSERT_EQUAL(daemons("flusher", 0), 1);
	CU_ASSERT_PTR_NULL(w_node(&w, 2)->queue[MM412_Q_KSWAPD]);
	CU_ASSERT_EQUAL(w.nqueues, 2 * MM412_NODE_QUEUES + 4);
	w_close(&w);
}

static void lists_are_empty_and_of_the_node(void)
{
	three_nodes();
	CU_ASSERT_TRUE_FATAL(w_attach(&w, 64));
	for (unsigned n = 0; n < 3; n++) {
		const struct mm412_node_sleep *node = w_node(&w, n);

		CU_ASSERT_EQUAL(node->nid, n);
		CU_ASSERT_PTR_EQUAL(node->node, &w.mm->nodes[n]);
		for (unsigned lru = 0; lru < MM412_LRUS; lru++)
			CU_ASSERT_TRUE(mm_list_empty(w.mm->s, node->lru.heads + lru));
		CU_ASSERT_TRUE(mm_list_empty(w.mm->s, node->slabs));
		CU_ASSERT_TRUE(node->slabs < w.mm->frame0);
	}
	CU_ASSERT_TRUE(w_node(&w, 0)->slabs < w_node(&w, 1)->lru.heads);
	w_close(&w);
}

static void compaction_begins_at_the_ends_of_each_zone(void)
{
	three_nodes();
	CU_ASSERT_TRUE_FATAL(w_attach(&w, 64));
	for (unsigned i = 0; i < w.mm->nzones; i++) {
		const struct mm412_zone *zone = &w.mm->zones[i];
		const struct mm412_zone_sleep *z = &w.mm->sleep->zones[i];

		CU_ASSERT_EQUAL(mm412_frame(w.mm, z->cached_migrate[0]), zone->start);
		CU_ASSERT_EQUAL(mm412_frame(w.mm, z->cached_migrate[1]), zone->start);
		CU_ASSERT_EQUAL(mm412_frame(w.mm, z->cached_free), zone->end - 512);
	}
	w_close(&w);
}

/* Whatever CPU it runs on, and whoever begins first. */
static void a_daemon_works_for_the_node_it_was_made_for(void)
{
	three_nodes();
	CU_ASSERT_TRUE_FATAL(w_attach(&w, 64));
	for (unsigned i = w.ndaemons; i-- > 0;) {
		const struct w_daemon *d = &w.daemons[i];

		if (strncmp(d->name, "kswapd", 6) != 0)
			continue;
		w.sleeps_left = 2;
		if (!setjmp(w.out))
			d->run(d->ctx, &w.k.cpus[0]);
		CU_ASSERT_EQUAL(w.last[MM_EVENT_KSWAPD_SLEEP].value[0], d->node);
		CU_ASSERT_TRUE(w_node(&w, d->node)->kswapd_asleep);
	}
	CU_ASSERT_EQUAL(w.events[MM_EVENT_KSWAPD_SLEEP], 2);
	w_close(&w);
}

static void the_kernels_own_tasks_have_their_rights(void)
{
	three_nodes();
	CU_ASSERT_TRUE_FATAL(w_attach(&w, 64));
	for (unsigned n = 0; n < 3; n++) {
		const struct mm412_task *task = &w.mm->sleep->kswapd_task[n];

		CU_ASSERT_TRUE(task->memalloc && task->kswapd && task->swapwrite);
		CU_ASSERT_EQUAL(task->number, MM412_NONE);
	}
	CU_ASSERT_TRUE(w.mm->sleep->own[MM412_FLUSHER_TASK].swapwrite);
	CU_ASSERT_FALSE(w.mm->sleep->own[MM412_FLUSHER_TASK].memalloc);
	CU_ASSERT_FALSE(w.mm->sleep->own[MM412_REAPER_TASK].swapwrite);
	w_close(&w);
}

/* Each step that can fail does so once: a sentence, and nothing is left behind. */
static void attach_fails_cleanly_wherever_memory_ends(void)
{
	for (unsigned queues = 0; queues < 2 * MM412_NODE_QUEUES + 4; queues++) {
		three_nodes();
		w.queues_left = queues;
		CU_ASSERT_FALSE(w_attach(&w, 64));
		CU_ASSERT_TRUE(strlen(w.k.text) > 0);
		k_drop(&w.k);
	}
	for (unsigned made = 0; made < 6; made++) {
		three_nodes();
		w.daemons_left = made;
		CU_ASSERT_FALSE(w_attach(&w, 64));
		CU_ASSERT_EQUAL(w.ndaemons, made);
		k_drop(&w.k);
	}
}

static unsigned told;

static void tell(struct world412 *world, struct sim_cpu *cpu)
{
	CU_ASSERT_TRUE(world->mm->sleep->wanted);
	told++;
	/* Whoever is told may look himself. */
	mm412_daemon_want(world->mm, cpu);
}

static void contents_are_asked_for_once(void)
{
	told = 0;
	three_nodes();
	w.on_wanted = tell;
	CU_ASSERT_TRUE_FATAL(w_attach(&w, 64));
	CU_ASSERT_FALSE(w.mm->sleep->wanted);
	for (unsigned i = 0; i < 3; i++)
		mm412_daemon_want(w.mm, w_cpu(&w));
	CU_ASSERT_EQUAL(told, 1);
	w_close(&w);
}

static void a_host_that_cannot_be_asked_has_told_everything(void)
{
	struct mm_host host;

	three_nodes();
	CU_ASSERT_TRUE_FATAL(w_attach(&w, 64));
	host = w.host;
	w_close(&w);
	three_nodes();
	host.wanted = NULL;
	CU_ASSERT_TRUE_FATAL(mm412_daemon_attach(w.mm, &host, w.k.text, sizeof(w.k.text)));
	CU_ASSERT_TRUE(w.mm->sleep->wanted);
	mm412_daemon_want(w.mm, w_cpu(&w));
	w_close(&w);
}

static CU_TestInfo tests[] = {
	{ "nodes with memory get a kswapd and a kcompactd",
	  nodes_with_memory_get_a_kswapd_and_a_kcompactd },
	{ "lists are empty and of the node", lists_are_empty_and_of_the_node },
	{ "compaction begins at the ends of each zone",
	  compaction_begins_at_the_ends_of_each_zone },
	{ "a daemon works for the node it was made for",
	  a_daemon_works_for_the_node_it_was_made_for },
	{ "the kernel's own tasks have their rights", the_kernels_own_tasks_have_their_rights },
	{ "attach fails cleanly wherever memory ends",
	  attach_fails_cleanly_wherever_memory_ends },
	{ "contents are asked for once", contents_are_asked_for_once },
	{ "a host that cannot be asked has told everything",
	  a_host_that_cannot_be_asked_has_told_everything },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ .pName = "mm412_daemon", .pTests = tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
