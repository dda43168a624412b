#include "traces/trace.h"

#include <stdlib.h>

void trace_state_free(struct trace_state *s)
{
	if (!s)
		return;
	free(s->free);
	free(s->used);
	free(s->pcp);
	free(s->block_type);
	free(s);
}
