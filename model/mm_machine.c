#include "model/mm_machine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool mm_machine_refuse(const struct mm_zone_span *zone, const char *what, char *text,
		       size_t size)
{
	snprintf(text, size, "zone %s of node %u (%" PRIu64 " to %" PRIu64 ") %s", zone->name,
		 zone->nid, zone->start, zone->end, what);
	return false;
}

bool mm_machine_check_zone(const struct mm_machine *machine, unsigned n, char *text,
			   size_t size)
{
	const struct mm_zone_span *z = &machine->zones[n];

	if (z->start >= z->end)
		return mm_machine_refuse(z, "is empty", text, size);
	if (z->nid >= machine->nodes)
		return mm_machine_refuse(z, "is on a node that the machine does not have", text,
					 size);
	for (unsigned i = 0; i < n; i++) {
		const struct mm_zone_span *other = &machine->zones[i];

		if (other->start < z->end && z->start < other->end)
			return mm_machine_refuse(z, "overlaps another zone", text, size);
		if (other->nid == z->nid && strcmp(other->name, z->name) == 0)
			return mm_machine_refuse(z, "is there twice", text, size);
	}
	return true;
}
