/*
 * Where a task's memory may come from: mempolicies and cpusets.
 *
 * Kernel: alloc_pages_current(), policy_node(), policy_nodemask(), apply_policy_zone(),
 * interleave_nodes(), mpol_set_nodemask(), __cpuset_node_allowed(), first_zones_zonelist().
 *
 * Policies are those of tasks; mappings have none of their own, and interleaving follows the
 * requests, not addresses. A cpuset's parents allow all nodes.
 */
#include <stdio.h>

#include "model/v4_12/mm412_sleep.h"

#define ALL UINT64_MAX
#define ADJ_MAX 1000

static bool has(uint64_t nodes, unsigned nid)
{
	return nodes >> nid & 1;
}

static unsigned first_of(uint64_t nodes)
{
	return (unsigned)__builtin_ctzll(nodes);
}

const struct mm412_zoneref *mm412_mempolicy_first(const struct mm412_request *rq)
{
	const struct mm412_zoneref *ref = rq->list->first[rq->high_idx];

	while (ref->zone && !has(rq->nodes, ref->zone->nid))
		ref = mm412_zonelist_next(ref + 1, rq->high_idx);
	return ref;
}

/* Who is being killed, and kernel requests in need, may leave the cpuset. */
static bool cpuset_allows(const struct mm412_limits *limits, unsigned nid, uint32_t gfp)
{
	const struct mm412_task *task = limits->task;

	if (has(limits->mems, nid) || (task && task->memdie))
		return true;
	return !(gfp & MM412_GFP_HARDWALL);
}

bool mm412_mempolicy_allows(const struct mm412_request *rq, const struct mm412_zone *zone,
			    unsigned flags, const struct mm412_limits *limits)
{
	if (!has(rq->nodes, zone->nid))
		return false;
	return !(flags & MM412_CPUSET) || cpuset_allows(limits, zone->nid, rq->gfp);
}

/* ---- mempolicies ------------------------------------------------------------------------- */

/* check_highest_zone(): requests for lower zones are not bound. */
static unsigned policy_zone(const struct mm412 *mm)
{
	unsigned highest = 0;

	for (unsigned i = 0; i < mm->nzones; i++)
		if (mm->zones[i].managed && mm->zones[i].idx != MM412_ZONE_MOVABLE &&
		    mm->zones[i].idx > highest)
			highest = mm->zones[i].idx;
	return highest;
}

/* The nodes have movable memory only. */
static bool only_movable(const struct mm412 *mm, uint64_t nodes)
{
	for (unsigned i = 0; i < mm->nzones; i++)
		if (mm->zones[i].managed && mm->zones[i].idx != MM412_ZONE_MOVABLE &&
		    has(nodes, mm->zones[i].nid))
			return false;
	return true;
}

static bool binds(const struct mm412 *mm, const struct mm412_request *rq,
		  const struct mm412_task *task)
{
	unsigned from =
		only_movable(mm, task->policy_nodes) ? MM412_ZONE_MOVABLE : policy_zone(mm);

	return rq->high_idx >= from && task->policy_nodes & task->mems_allowed;
}

static unsigned interleave(struct mm412_task *task, bool again)
{
	unsigned nid = again ? task->il_prev : task->il_next;
	uint64_t above = nid == 63 ? 0 : task->policy_nodes & ALL << (nid + 1);

	task->il_prev = nid;
	task->il_next = first_of(above ? above : task->policy_nodes);
	return nid;
}

bool mm412_mempolicy_apply(struct mm412 *mm, struct mm412_request *rq, struct mm412_task *task,
			   unsigned nid, bool again)
{
	bool thp = mm412_gfp_is_thp(rq->gfp, rq->order) && rq->gfp & MM412_GFP_THISNODE;
	bool turns = task->policy == MM_MPOL_INTERLEAVE, bound;

	/* Interrupts have no task. */
	if (task->policy == MM_MPOL_DEFAULT || rq->gfp & MM412_GFP_ATOMIC ||
	    (rq->gfp & MM412_GFP_THISNODE && !thp))
		return false;
	if (turns)
		nid = interleave(task, again);
	else if (task->policy == MM_MPOL_PREFERRED)
		nid = first_of(task->policy_nodes);
	bound = task->policy == MM_MPOL_BIND && binds(mm, rq, task);
	/* A huge page is no use on another node than the one that is due, if there is one. */
	if (thp && (turns || (bound && !has(task->policy_nodes, nid))))
		rq->gfp &= ~(uint32_t)MM412_GFP_THISNODE;
	mm412_alloc_request(mm, rq, nid, rq->gfp, rq->order);
	if (bound && !(rq->gfp & MM412_GFP_THISNODE))
		rq->nodes = task->policy_nodes;
	rq->preferred = mm412_mempolicy_first(rq);
	return turns;
}

/* ---- rules of tasks ---------------------------------------------------------------------- */

static uint64_t nodes_with_memory(const struct mm412 *mm)
{
	uint64_t nodes = 0;

	for (unsigned n = 0; n < mm->nnodes; n++)
		nodes |= (uint64_t)mm->nodes[n].has_memory << n;
	return nodes;
}

static const char *refusal(const struct mm412 *mm, const struct mm_task_rules *rules,
			   uint64_t *mems, uint64_t *nodes)
{
	uint64_t memory = nodes_with_memory(mm);
	uint64_t there = mm->nnodes == 64 ? ALL : (UINT64_C(1) << mm->nnodes) - 1;

	if (!mm->sleep)
		return "this kernel has no tasks";
	if (rules->oom_score_adj < -ADJ_MAX || rules->oom_score_adj > ADJ_MAX)
		return "oom_score_adj is not within -1000 to 1000";
	if (rules->cpuset_nodes & ~there || rules->policy_nodes & ~there)
		return "the machine has no such node";
	*mems = rules->cpuset_nodes ? rules->cpuset_nodes & memory : memory;
	if (!*mems)
		return "no node of the cpuset has memory";
	*nodes = rules->policy_nodes & *mems;
	if (rules->policy != MM_MPOL_DEFAULT && !*nodes)
		return "no node of the mempolicy has memory that the cpuset allows";
	return NULL;
}

bool mm412_mempolicy_rules(void *state, uint32_t task, const struct mm_task_rules *rules,
			   char *text, size_t size)
{
	struct mm412 *mm = state;
	uint64_t mems, nodes;
	const char *why = refusal(mm, rules, &mems, &nodes);
	struct mm412_task *t = why ? NULL : mm412_task_of(mm, task);

	if (!t) {
		snprintf(text, size, "%s", why ? why : "out of memory");
		return false;
	}
	t->policy = rules->policy;
	t->policy_nodes = rules->policy == MM_MPOL_DEFAULT ? ALL : nodes;
	t->mems_allowed = rules->cpuset_nodes ? mems : ALL;
	t->il_next = t->il_prev = first_of(t->policy_nodes);
	t->oom_score_adj = rules->oom_score_adj;
	t->cap_admin = rules->cap_sys_admin;
	t->ruled = rules->policy != MM_MPOL_DEFAULT || rules->cpuset_nodes;
	mm412_mempolicy_watch(mm);
	return true;
}

static bool any_ruled(const struct mm412_sleep *sleep)
{
	for (uint32_t i = 0; i < sleep->ntasks; i++)
		if (sleep->tasks[i] && sleep->tasks[i]->ruled)
			return true;
	return false;
}

void mm412_mempolicy_watch(struct mm412 *mm)
{
	const struct mm412_params *p = &mm->params;

	mm->watch = 0;
	if (mm->sleep)
		mm->watch |= MM412_GFP_WRITE;
	if (p->thp_enabled[0] != MM412_THP_TRACE || p->thp_defrag[0] != MM412_DEFRAG_TRACE ||
	    (mm->sleep && (p->zone_reclaim_mode[0] || any_ruled(mm->sleep))))
		mm->watch |= MM412_WATCH_ALL;
}
