#include "traces/import.h"

/* A maximal block starts where the scan arrives: had it started before, the scan would have
 * passed over it as a whole. */
void import_blocks(uint64_t start, uint64_t end, bool (*in)(void *ctx, uint64_t pfn),
		   void (*each)(void *ctx, uint64_t pfn, unsigned order), void *ctx)
{
	for (uint64_t pfn = start; pfn < end;) {
		unsigned order = 0;
		uint64_t to = pfn + 1;

		if (!in(ctx, pfn)) {
			pfn++;
			continue;
		}
		for (; order + 1 < TRACE_ORDERS && !(pfn & ((2ull << order) - 1)); order++) {
			uint64_t twice = pfn + (2ull << order);

			while (to < twice && to < end && in(ctx, to))
				to++;
			if (to < twice)
				break;
		}
		each(ctx, pfn, order);
		pfn += 1ull << order;
	}
}
