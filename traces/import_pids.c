#include "traces/import.h"

#include <stdlib.h>

static size_t slot_of(const struct import_pids *p, int32_t pid)
{
	size_t i = ((uint32_t)pid * 2654435769u >> 7) & (p->nslots - 1);

	while (p->slots[i].used && p->slots[i].pid != pid)
		i = (i + 1) & (p->nslots - 1);
	return i;
}

static bool rehash(struct import_pids *p)
{
	struct import_pids bigger = { .nslots = p->nslots ? p->nslots * 2 : 64, .n = p->n };

	bigger.slots = calloc(bigger.nslots, sizeof(*bigger.slots));
	if (!bigger.slots)
		return false;
	for (size_t i = 0; i < p->nslots; i++)
		if (p->slots[i].used)
			bigger.slots[slot_of(&bigger, p->slots[i].pid)] = p->slots[i];
	free(p->slots);
	*p = bigger;
	return true;
}

uint32_t *import_pids_at(struct import_pids *p, int32_t pid)
{
	size_t i;

	if (p->n * 2 >= p->nslots && !rehash(p))
		return NULL;
	i = slot_of(p, pid);
	if (!p->slots[i].used) {
		p->slots[i] = (struct import_pid){ .pid = pid, .used = 1 };
		p->n++;
	}
	return &p->slots[i].value;
}

uint32_t import_pids_get(const struct import_pids *p, int32_t pid)
{
	size_t i;

	if (!p->nslots)
		return 0;
	i = slot_of(p, pid);
	return p->slots[i].used ? p->slots[i].value : 0;
}

void import_pids_free(struct import_pids *p)
{
	free(p->slots);
	*p = (struct import_pids){ 0 };
}
