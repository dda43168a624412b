#include "tools/frag.h"

uint64_t frag_free_pages(const uint64_t blocks[FRAG_ORDERS])
{
	uint64_t pages = 0;

	for (unsigned order = 0; order < FRAG_ORDERS; order++)
		pages += blocks[order] << order;
	return pages;
}

/* How many requests of that order the larger blocks could serve. */
static uint64_t suitable(const uint64_t blocks[FRAG_ORDERS], unsigned order)
{
	uint64_t n = 0;

	for (unsigned o = order; o < FRAG_ORDERS; o++)
		n += blocks[o] << (o - order);
	return n;
}

int frag_unusable(const uint64_t blocks[FRAG_ORDERS], unsigned order)
{
	uint64_t pages = frag_free_pages(blocks);

	if (!pages)
		return 1000;
	return (int)((pages - (suitable(blocks, order) << order)) * 1000 / pages);
}

int frag_extfrag(const uint64_t blocks[FRAG_ORDERS], unsigned order)
{
	uint64_t total = 0;

	for (unsigned o = 0; o < FRAG_ORDERS; o++)
		total += blocks[o];
	if (!total)
		return 0;
	if (suitable(blocks, order))
		return -1000;
	return 1000 - (int)((1000 + frag_free_pages(blocks) * 1000 / (1u << order)) / total);
}

int frag_largest_order(const uint64_t blocks[FRAG_ORDERS])
{
	for (int order = FRAG_ORDERS - 1; order >= 0; order--)
		if (blocks[order])
			return order;
	return -1;
}
