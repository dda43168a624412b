#include "traces/import.h"

#include <string.h>

/* clang-format off */
static const struct import_event_type types[] = {
	{ "mm_page_alloc", IMPORT_ALLOC, true, "order", "migratetype", { NULL } },
	{ "mm_page_free", IMPORT_FREE, true, "order", NULL, { NULL } },
	{ "mm_page_free_batched", IMPORT_BATCHED, true, NULL, NULL, { "cold" } },
	{ "mm_page_alloc_zone_locked", IMPORT_ZONE_LOCKED, true, "order", "migratetype", { "percpu_refill" } },
	{ "mm_page_pcpu_drain", IMPORT_DRAIN, true, "order", "migratetype", { NULL } },
	{ "mm_page_alloc_extfrag", IMPORT_EXTFRAG, true, "alloc_order", "alloc_migratetype",
	  { "fallback_order", "fallback_migratetype", "change_ownership" } },
	{ "mm_vmscan_kswapd_wake", IMPORT_KSWAPD_WAKE, false, "order", NULL, { "nid" } },
	{ "mm_vmscan_kswapd_sleep", IMPORT_KSWAPD_SLEEP, false, NULL, NULL, { "nid" } },
	{ "mm_vmscan_wakeup_kswapd", IMPORT_WAKEUP_KSWAPD, false, "order", NULL, { "nid" } },
	{ "mm_vmscan_direct_reclaim_begin", IMPORT_RECLAIM_BEGIN, false, "order", NULL, { NULL } },
	{ "mm_vmscan_direct_reclaim_end", IMPORT_RECLAIM_END, false, NULL, NULL, { "nr_reclaimed" } },
	{ "mm_compaction_begin", IMPORT_COMPACT_BEGIN, false, NULL, NULL,
	  { "zone_start", "migrate_pfn", "free_pfn", "zone_end" } },
	{ "mm_compaction_end", IMPORT_COMPACT_END, false, NULL, NULL,
	  { "zone_start", "migrate_pfn", "free_pfn", "zone_end" } },
	{ "mark_victim", IMPORT_OOM, false, NULL, NULL, { "pid" } },
	{ "mm_lru_insertion", IMPORT_LRU_ADD, true, NULL, NULL, { "lru", "flags" } },
	{ "mm_lru_activate", IMPORT_LRU_ACCESS, true, NULL, NULL, { NULL } },
	{ "q_alloc_req", IMPORT_REQUEST, false, NULL, NULL, { "nid" } },
	{ "q_pcp_alloc", IMPORT_PCP_TAKE, true, NULL, "list", { "cold" } },
	{ "q_pcp_free", IMPORT_PCP_GIVE, true, NULL, "migratetype", { "cold" } },
	{ "q_pcp_bulk", IMPORT_PCP_BULK, false, "zid", NULL, { "nid", "count" } },
	{ "q_free_one", IMPORT_FREE_ONE, true, "order", "migratetype", { NULL } },
	{ "q_isolate", IMPORT_ISOLATE, true, "order", "migratetype", { NULL } },
	{ "q_rmq_highatomic", IMPORT_HIGHATOMIC, true, "order", "migratetype", { NULL } },
	{ "q_pbmt", IMPORT_PAGEBLOCK, true, NULL, "new", { "old" } },
	{ "q_move", IMPORT_MOVE, true, NULL, "migratetype", { "moved" } },
	{ "q_steal", IMPORT_STEAL, true, "order", "start_mt", { "old_block_mt", "free", "movable", "result" } },
	{ "q_stat_fold", IMPORT_FOLD, false, "zid", NULL, { "nid", "delta", "vm_stat", "why" } },
	{ "q_thr", IMPORT_THRESHOLD, false, "zid", NULL, { "nid", "stat_threshold" } },
	{ "q_mark", IMPORT_TICK, false, NULL, NULL, { "id", "v" } },
	{ "print", IMPORT_MARK, false, NULL, NULL, { NULL } },
	{ "tracing_mark_write", IMPORT_MARK, false, NULL, NULL, { NULL } },
};
/* clang-format on */

const struct import_event_type *import_events_find(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strncmp(types[i].name, name, len) == 0 && types[i].name[len] == '\0')
			return &types[i];
	return NULL;
}

static bool is_request(const struct import_event_type *t)
{
	return t->kind == IMPORT_ALLOC || t->kind == IMPORT_FREE;
}

/* As trace_event.value of TRACE_LRU_ADD. */
static uint16_t lru_value(uint64_t list, uint64_t flags)
{
	list = list == IMPORT_NO_VALUE ? 0 : list & TRACE_LRU_LIST;
	flags = flags == IMPORT_NO_VALUE ? 0 : flags & TRACE_LRU_FLAGS;
	return (uint16_t)(list | flags << TRACE_LRU_SHIFT);
}

bool import_events_finish(const struct import_event_type *t, struct import_event *e,
			  const uint64_t *value, struct import_source *s,
			  struct trace_error *err)
{
	e->kind = t->kind;
	if (t->has_pfn && e->pfn != IMPORT_NO_PFN && e->pfn >= IMPORT_MAX_PFN)
		return trace_error_data(err, "no page frame number: %#llx",
					(unsigned long long)e->pfn);
	if (e->order >= TRACE_ORDERS && t->order && t->kind < IMPORT_KSWAPD_WAKE)
		return trace_error_data(err, "order %u; there are orders 0 to %u", e->order,
					TRACE_ORDERS - 1);
	if (t->kind == IMPORT_FREE && e->pfn == IMPORT_NO_PFN)
		return trace_error_data(err, "a free without a page");
	if (is_request(t) && e->pfn != IMPORT_NO_PFN && e->pfn & ((1u << e->order) - 1))
		return trace_error_data(err,
					"page frame %#llx cannot start a block of order %u",
					(unsigned long long)e->pfn, e->order);
	if (t->kind == IMPORT_BATCHED && value[0] == 1)
		e->flags |= TRACE_COLD;
	if (t->kind == IMPORT_ZONE_LOCKED)
		e->flags = value[0] == IMPORT_NO_VALUE ? e->order == 0 : value[0] != 0;
	if (t->kind == IMPORT_LRU_ADD)
		e->gfp = lru_value(value[0], value[1]);
	if (import_is_step(t->kind) && e->order >= TRACE_ORDERS)
		return trace_error_data(err, "%s %u; 0 to %u was expected", t->order, e->order,
					TRACE_ORDERS - 1);
	if ((t->kind >= IMPORT_EXTFRAG && t->kind <= IMPORT_OOM) || import_is_step(t->kind)) {
		struct import_extra x;

		for (unsigned i = 0; i < 4; i++)
			x.value[i] = value[i] == IMPORT_NO_VALUE ? 0 : value[i];
		return import_source_extra(s, &x, &e->detail, err);
	}
	return true;
}
