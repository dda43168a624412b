/*
 * Any sequence of requests and frees against a slow buddy system (reference24.h): each block
 * that is handed out is the same, and so are all free lists, from front to end, at the end of
 * each hundred steps. A step is two bytes: what, and which block of those in use.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/model/kernel24.h"
#include "tests/model/reference24.h"

/* Neither the start nor the size is a multiple of anything. */
#define START 5001
#define FRAMES 3777
#define STEPS 4000
#define EVERY 100

static struct {
	uint32_t slot;
	unsigned order;
} live[FRAMES];

__attribute__((noreturn)) static void differs(const char *what)
{
	fprintf(stderr, "another %s than the slow buddy system's\n", what);
	abort();
}

static unsigned nlive;
static struct kernel24 k;
static struct reference24 reference;

static void lists_agree(struct mm24_zone *zone)
{
	for (unsigned order = 0; order < MM24_ORDERS; order++) {
		uint32_t at = mm24_buddy_next(k.mm, zone, order, MM24_NONE);

		for (uint32_t n = reference.n[order]; n-- > 0;) {
			if (at == MM24_NONE || at - zone->start != reference.blocks[order][n])
				differs("list");
			at = mm24_buddy_next(k.mm, zone, order, at);
		}
		if (at != MM24_NONE)
			differs("list");
	}
}

static void take(struct mm24_zone *zone, unsigned order)
{
	uint32_t want = reference_take(&reference, order);
	uint32_t slot = mm24_buddy_take(k.mm, zone, &k.cpus[0], order);

	if ((slot == MM24_NONE ? UINT32_MAX : slot - zone->start) != want)
		differs("block");
	if (slot == MM24_NONE)
		return;
	live[nlive].slot = slot;
	live[nlive++].order = order;
}

static void give(struct mm24_zone *zone, unsigned i)
{
	reference_give(&reference, live[i].slot - zone->start, live[i].order);
	mm24_buddy_put(k.mm, &k.cpus[0], live[i].slot, live[i].order);
	live[i] = live[--nlive];
}

static void play(struct mm24_zone *zone, const uint8_t *data, size_t size)
{
	for (uint32_t i = 0; i < FRAMES; i++)
		reference_give(&reference, i, 0);
	lists_agree(zone);
	for (size_t i = 0; i + 1 < size && i < 2 * STEPS; i += 2) {
		unsigned order = data[i] & 15, which = data[i] / 16u * 256u + data[i + 1];

		if (order < MM24_ORDERS)
			take(zone, order);
		else if (nlive)
			give(zone, which % nlive);
		if (i % (2 * EVERY) == 0)
			lists_agree(zone);
	}
	while (nlive)
		give(zone, nlive - 1);
	lists_agree(zone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	memset(&reference, 0, sizeof(reference));
	nlive = 0;
	k_init(&k, 1, 1);
	k_zone_add(&k, 0, "DMA", 0, START);
	k_zone_add(&k, 0, "Normal", START, START + FRAMES);
	if (!k_boot(&k, false))
		abort();
	play(k_zone(&k, 0, "Normal"), data, size);
	k_drop(&k);
	return 0;
}

/* Small requests and frees in turn; noise. */
size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	size_t size = cap < 2000 ? cap : 2000;
	uint32_t random = 2463534242u;

	for (size_t at = 0; at < size; at++) {
		uint32_t r = k_random(&random);

		out[at] = (uint8_t)(r >> 8);
		if (i == 0 && at % 2 == 0)
			out[at] = (uint8_t)((r >> 8 & 0xf0) | (r % 3 ? r / 3 % 4 : 15));
	}
	return i < 2 ? size : 0;
}
