/*
 * Which task dies when nothing else has given a page.
 *
 * Kernel: out_of_memory(), constrained_alloc(), check_panic_on_oom(), select_bad_process(),
 * oom_evaluate_task(), oom_badness(), oom_unkillable_task(), oom_kill_process(),
 * mark_oom_victim(), task_will_free_mem(), exit_oom_victim().
 *
 * Tasks are looked at in the order of their numbers; those without any memory are kernel
 * threads. Nobody knows whose children they are: no child dies for its parent. A panic is
 * counted, and the request that caused it fails.
 */
#include "model/v4_12/mm412_sleep.h"
#include "model/v4_12/mm412_where.h"

#define ALL UINT64_MAX
#define UNKILLABLE (-1000)

enum constraint { NOTHING, CPUSET, MEMPOLICY };

/* struct oom_control */
struct shortage {
	const struct mm412_request *rq;
	struct mm412_task *asker;
	enum constraint constraint;
	uint64_t nodes; /* of the mempolicy that ran short; all ones = of none */
	uint64_t total; /* pages and swap slots that badness is measured by */
};

/* ---- how much is short ------------------------------------------------------------------- */

static uint64_t spanned_pages(const struct mm412 *mm, uint64_t nodes)
{
	uint64_t pages = 0;

	for (unsigned i = 0; i < mm->nzones; i++)
		if (nodes >> mm->zones[i].nid & 1)
			pages += mm->zones[i].end - mm->zones[i].start;
	return pages;
}

static bool covers_memory(const struct mm412 *mm, uint64_t nodes)
{
	for (unsigned n = 0; n < mm->nnodes; n++)
		if (mm->nodes[n].has_memory && !(nodes >> n & 1))
			return false;
	return true;
}

/* A zone that the request could have used is closed to the task. */
static bool cpuset_limits(const struct shortage *s)
{
	const struct mm412_request *rq = s->rq;
	const struct mm412_zoneref *ref = rq->list->first[rq->high_idx];
	struct mm412_limits limits = { .task = s->asker, .mems = s->asker->mems_allowed };

	for (; ref->zone; ref = mm412_zonelist_next(ref + 1, rq->high_idx))
		if (rq->nodes >> ref->zone->nid & 1 &&
		    !mm412_mempolicy_allows(rq, ref->zone, MM412_CPUSET, &limits))
			return true;
	return false;
}

static void find_constraint(const struct mm412 *mm, struct shortage *s)
{
	uint64_t swap = mm412_swap_total(mm);

	s->constraint = NOTHING;
	s->total = swap;
	if (s->rq->gfp & MM412_GFP_THISNODE) {
		/* Only who may not fail comes here with it: as if nothing was. */
	} else if (!covers_memory(mm, s->rq->nodes)) {
		s->constraint = MEMPOLICY;
		s->total += spanned_pages(mm, s->rq->nodes);
		return;
	} else if (cpuset_limits(s)) {
		s->constraint = CPUSET;
		s->total += spanned_pages(mm, s->asker->mems_allowed);
		return;
	}
	for (unsigned i = 0; i < mm->nzones; i++)
		s->total += mm->zones[i].managed;
}

/* ---- who it is --------------------------------------------------------------------------- */

static int64_t pages_of(const struct mm412_task *task)
{
	return task->rss[MM_KIND_ANON] + task->rss[MM_KIND_FILE] + task->rss[MM_KIND_SHMEM] +
	       task->swapents + task->ptes;
}

/* Its memory may lie where memory is short. */
static bool concerned(const struct shortage *s, const struct mm412_task *task)
{
	if (s->nodes == ALL)
		return task->mems_allowed & s->asker->mems_allowed;
	if (task->policy == MM_MPOL_BIND || task->policy == MM_MPOL_INTERLEAVE)
		return task->policy_nodes & s->nodes;
	return true;
}

int64_t mm412_oom_badness(const struct mm412_task *task, uint64_t total)
{
	int64_t points = pages_of(task);

	if (points == 0 || task->exited || task->reaped || task->oom_score_adj == UNKILLABLE)
		return 0;
	if (task->cap_admin)
		points -= points * 3 / 100;
	points += (int64_t)task->oom_score_adj * (int64_t)(total / 1000);
	return points > 0 ? points : 1;
}

/* The worst; *wait when somebody who was killed has not ended yet. */
static struct mm412_task *select_task(const struct mm412 *mm, struct sim_cpu *cpu,
				      const struct shortage *s, bool *wait)
{
	struct mm412_task *worst = NULL;
	int64_t most = 0;

	*wait = false;
	for (uint32_t i = 0; i < mm->sleep->ntasks; i++) {
		struct mm412_task *task = mm->sleep->tasks[i];
		int64_t points;

		if (!task || task->exited || !concerned(s, task))
			continue;
		mm412_charge(cpu, mm->cost.oom_task);
		if (task->memdie && !task->reaped) {
			*wait = true;
			return NULL;
		}
		points = mm412_oom_badness(task, s->total);
		if (points > most) {
			most = points;
			worst = task;
		}
	}
	return worst;
}

/* ---- its end ----------------------------------------------------------------------------- */

/* It is on its way out, and its memory was not looked through yet. */
static bool will_free_memory(const struct mm412_task *task)
{
	return task->killed && !task->exited && !task->reaped;
}

static void mark_victim(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task)
{
	if (task->memdie)
		return;
	task->memdie = true;
	mm->sleep->oom_victims++;
	mm412_tell(mm, cpu, task, (struct mm_event){ MM_EVENT_MARK_VICTIM, { task->number } });
}

static void hurry(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task)
{
	mark_victim(mm, cpu, task);
	mm412_reaper_wake(mm, cpu, task);
}

static void end_task(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task)
{
	const struct mm_host *host = &mm->sleep->host;

	if (will_free_memory(task)) {
		hurry(mm, cpu, task);
		return;
	}
	mm412_charge(cpu, mm->cost.oom_kill);
	mm412_count(mm, MM412_OOM_KILL, 1);
	task->killed = true;
	host->killed(host->ctx, task->number);
	hurry(mm, cpu, task);
}

static bool panics(const struct mm412 *mm, const struct shortage *s)
{
	uint64_t when = mm->params.panic_on_oom[0];

	return when == 2 || (when == 1 && s->constraint == NOTHING);
}

static bool kills_asker(const struct mm412 *mm, const struct shortage *s)
{
	return mm->params.oom_kill_allocating_task[0] && concerned(s, s->asker) &&
	       pages_of(s->asker) && !s->asker->exited && s->asker->oom_score_adj != UNKILLABLE;
}

bool mm412_oom_helps(const struct mm412 *mm, const struct mm412_request *rq)
{
	return rq->order <= MM412_COSTLY_ORDER && rq->high_idx >= mm->arch->normal &&
	       !(rq->gfp & MM412_GFP_THISNODE);
}

static bool kill_somebody(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			  const struct mm412_request *rq)
{
	struct shortage s = { .rq = rq, .asker = task, .nodes = ALL };
	struct mm412_task *victim;
	bool wait;

	if (will_free_memory(task)) {
		hurry(mm, cpu, task);
		return true;
	}
	/* Without file systems reclaim has not tried all it could. */
	if (!(rq->gfp & MM412_GFP_FS))
		return true;
	find_constraint(mm, &s);
	if (s.constraint == MEMPOLICY)
		s.nodes = rq->nodes;
	if (panics(mm, &s)) {
		mm->sleep->panics++;
		return false;
	}
	if (kills_asker(mm, &s)) {
		end_task(mm, cpu, task);
		return true;
	}
	victim = select_task(mm, cpu, &s, &wait);
	if (!victim) {
		mm->sleep->panics += !wait;
		return wait;
	}
	end_task(mm, cpu, victim);
	/* A chance to end, before memory is asked for again; who was killed itself goes on. */
	if (!task->killed)
		cpu->port->sleep(cpu, NULL, mm->sleep->jiffy);
	return true;
}

bool mm412_oom_kill(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		    const struct mm412_request *rq)
{
	unsigned before = sim_enter(cpu, MM412_IN_OUT_OF_MEMORY);
	bool progress = kill_somebody(mm, cpu, task, rq);

	sim_leave(cpu, before);
	return progress;
}

void mm412_oom_exited(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task)
{
	(void)cpu;
	if (!task->memdie)
		return;
	task->memdie = false;
	mm->sleep->oom_victims--;
}
