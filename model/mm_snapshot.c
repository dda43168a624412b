#include "model/mm_snapshot.h"

#include <stdlib.h>

void mm_snapshot_free(struct mm_snapshot *s)
{
	if (!s)
		return;
	for (unsigned i = 0; s->zones && i < s->nzones; i++)
		free(s->zones[i].pcp_count);
	free(s->zones);
	free(s->counters);
	free(s);
}
