#include "model/mm_snapshot.h"

#include <stdlib.h>
#include <string.h>

void mm_snapshot_free(struct mm_snapshot *s)
{
	if (!s)
		return;
	for (unsigned i = 0; s->zones && i < s->nzones; i++) {
		free(s->zones[i].pcp_count);
		free(s->zones[i].stats);
		free(s->zones[i].node_stats);
	}
	free(s->zones);
	free(s->counters);
	free(s->locks);
	free(s->fallbacks);
	free(s);
}

void mm_snapshot_lock(struct mm_snapshot *s, const char *name, int nid,
		      const struct sim_lock *lock)
{
	struct mm_snapshot_lock *out = &s->locks[s->nlocks++];

	out->name = name;
	out->nid = nid;
	out->taken = lock->taken;
	memcpy(out->waits, lock->waits, sizeof(out->waits));
	memcpy(out->wait_cycles, lock->wait_cycles, sizeof(out->wait_cycles));
}

uint64_t mm_snapshot_value(const struct mm_snapshot *s, const char *name)
{
	for (unsigned i = 0; i < s->ncounters; i++)
		if (strcmp(s->counters[i].name, name) == 0)
			return s->counters[i].value;
	return 0;
}
