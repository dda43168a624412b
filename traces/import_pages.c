#include "traces/import.h"

#include <stdlib.h>

bool import_pages_init(struct import_pages *p, uint64_t frames, struct trace_error *err)
{
	p->nchunks = (size_t)(frames / IMPORT_CHUNK + 1);
	p->chunks = calloc(p->nchunks, sizeof(*p->chunks));
	return p->chunks || trace_error_memory(err);
}

void import_pages_free(struct import_pages *p)
{
	for (size_t i = 0; i < p->nchunks && p->chunks; i++)
		free(p->chunks[i]);
	free(p->chunks);
	*p = (struct import_pages){ 0 };
}

bool import_pages_fill(struct import_pages *p, uint64_t pfn, struct trace_error *err)
{
	size_t c = (size_t)(pfn / IMPORT_CHUNK);

	if (c >= p->nchunks)
		return trace_error_data(err, "page frame %#llx is outside the recorded machine",
					(unsigned long long)pfn);
	p->chunks[c] = calloc(IMPORT_CHUNK, sizeof(*p->chunks[c]));
	return p->chunks[c] || trace_error_memory(err);
}
