/*
 * How long the LRU lists of a node are, as the kernel sees it: a global part, which decisions
 * read, and small parts of the CPUs, which join it when they are too large, and every
 * stat_interval. Where lists are short that decides: eight pages may be none, or none eight.
 *
 * Kernel: __mod_node_page_state(), node_page_state(), refresh_zone_stat_thresholds() and
 * refresh_cpu_vm_stats() of mm/vmstat.c.
 */
#include <stdlib.h>

#include "model/v4_12/mm412_sleep.h"

bool mm412_lru_count_make(struct mm412 *mm)
{
	struct mm412_sleep *sleep = mm->sleep;
	size_t of_node = (size_t)mm->ncpus * MM412_LRUS;

	sleep->lru_parts = calloc(mm->nnodes * of_node, sizeof(*sleep->lru_parts));
	for (unsigned n = 0; sleep->lru_parts && n < mm->nnodes; n++)
		sleep->nodes[n].lru.parts = sleep->lru_parts + n * of_node;
	/* A node has the threshold of its largest zone. */
	for (unsigned i = 0; i < mm->nzones; i++) {
		const struct mm412_zone *zone = &mm->zones[i];
		struct mm412_lruvec *lru = &sleep->nodes[zone->nid].lru;
		int threshold = (int)mm412_vmstat_threshold(mm, zone);

		if (zone->managed && threshold > lru->threshold)
			lru->threshold = threshold;
	}
	return sleep->lru_parts;
}

static int8_t *part(const struct mm412_lruvec *v, unsigned cpu, unsigned lru)
{
	return &v->parts[cpu * MM412_LRUS + lru];
}

void mm412_lru_count_add(struct mm412_node_sleep *node, enum mm412_lru lru, int64_t pages)
{
	struct mm412_lruvec *v = &node->lru;
	int8_t *own = part(v, v->cpu, lru);
	int64_t x = *own + pages;

	if (x > v->threshold || x < -v->threshold) {
		v->seen[lru] += x;
		x = 0;
	}
	*own = (int8_t)x;
}

int64_t mm412_lru_count_seen(const struct mm412_node_sleep *node, enum mm412_lru lru)
{
	int64_t pages = node->lru.seen[lru];

	return pages > 0 ? pages : 0;
}

void mm412_lru_count_fold(struct mm412 *mm, unsigned cpu)
{
	for (unsigned n = 0; n < mm->nnodes; n++)
		for (unsigned lru = 0; lru < MM412_LRUS; lru++) {
			struct mm412_lruvec *v = &mm->sleep->nodes[n].lru;

			v->seen[lru] += *part(v, cpu, lru);
			*part(v, cpu, lru) = 0;
		}
}

int64_t mm412_lru_count_parts(const struct mm412 *mm, const struct mm412_node_sleep *node,
			      enum mm412_lru lru)
{
	int64_t sum = 0;

	for (unsigned cpu = 0; cpu < mm->ncpus; cpu++)
		sum += *part(&node->lru, cpu, lru);
	return sum;
}

int8_t *mm412_lru_count_of(const struct mm412_node_sleep *node, unsigned cpu)
{
	return part(&node->lru, cpu, 0);
}
