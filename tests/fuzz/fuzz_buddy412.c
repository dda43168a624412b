/*
 * Any sequence of requests and frees against a slow buddy system (reference412.h): each block
 * that is handed out is the same, and so are all free lists, from front to end, at the end of
 * each hundred steps. A step is two bytes: what, and which block of those in use.
 */
#include "model/v4_12/mm412.h"
#include "tests/fuzz/fuzz.h"
#include "tests/model/kernel412.h"
#include "tests/model/reference412.h"

#define FRAMES 4096
#define STEPS 4000
#define EVERY 100

static struct {
	uint32_t frame;
	unsigned order;
} live[FRAMES];

__attribute__((noreturn)) static void differs(const char *what)
{
	fprintf(stderr, "another %s than the slow buddy system's\n", what);
	abort();
}

static unsigned nlive;
static struct kernel412 k;
static struct reference412 reference;

/* Whoever takes a block off a list says what it is now. */
static void keep(struct mm412 *mm, uint32_t slot, unsigned order)
{
	mm->s[slot].tag = mm412_tag(MM412_USED, order, 0);
	live[nlive].frame = (uint32_t)(mm412_frame(mm, slot) - K_NORMAL);
	live[nlive++].order = order;
}

static void lists_agree(struct mm412 *mm, const struct mm412_zone *zone)
{
	for (unsigned type = 0; type < REFERENCE412_TYPES; type++)
		for (unsigned order = 0; order < REFERENCE412_ORDERS; order++) {
			const struct reference412_list *want = &reference.list[type][order];
			uint32_t head = mm412_list(zone, type, order), at = mm->s[head].next;

			for (uint32_t i = 0; i < want->n; i++, at = mm->s[at].next)
				if (at == head ||
				    mm412_frame(mm, at) - K_NORMAL != want->block[i])
					differs("list");
			if (at != head)
				differs("list");
		}
}

static void take(struct mm412 *mm, struct mm412_zone *zone, unsigned order, unsigned type)
{
	uint32_t want = reference412_take(&reference, order, type);
	uint32_t slot = mm412_buddy_smallest(mm, zone, &k.cpus[0], order, type);

	if ((slot == MM412_NONE) != (want == REFERENCE412_NONE))
		differs("block");
	if (slot == MM412_NONE)
		return;
	if (mm412_frame(mm, slot) - K_NORMAL != want)
		differs("block");
	keep(mm, slot, order);
}

static void give(struct mm412 *mm, struct mm412_zone *zone, unsigned i, unsigned type)
{
	uint32_t slot = mm412_slot(mm, K_NORMAL + live[i].frame);

	mm412_buddy_give(mm, zone, &zone->pcps[0], &k.cpus[0], slot, live[i].order, type);
	reference412_give(&reference, live[i].frame, live[i].order, type);
	live[i] = live[--nlive];
}

/* All memory is taken, whatever lists the boot put it on: both begin with empty ones. */
static void take_all(struct mm412 *mm, struct mm412_zone *zone)
{
	for (unsigned type = 0; type < REFERENCE412_TYPES; type++)
		for (unsigned order = REFERENCE412_ORDERS; order-- > 0;)
			for (uint32_t slot;
			     (slot = mm412_buddy_smallest(mm, zone, &k.cpus[0], order, type)) !=
			     MM412_NONE;)
				keep(mm, slot, order);
}

static void play(const uint8_t *data, size_t size)
{
	struct mm412 *mm = k.mm;
	struct mm412_zone *zone = &mm->zones[0];

	take_all(mm, zone);
	for (size_t i = 0; i + 1 < size && i < 2 * STEPS; i += 2) {
		unsigned type = data[i] / 16u % REFERENCE412_TYPES, order = data[i] & 15;
		unsigned which = data[i] / 16u * 256u + data[i + 1];

		if (order < REFERENCE412_ORDERS)
			take(mm, zone, order, type);
		else if (nlive)
			give(mm, zone, which % nlive, type);
		if (i % (2 * EVERY) == 0)
			lists_agree(mm, zone);
	}
	while (nlive)
		give(mm, zone, nlive - 1, nlive % REFERENCE412_TYPES);
	lists_agree(mm, zone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	memset(&reference, 0, sizeof(reference));
	nlive = 0;
	k_one_zone(&k, 1, FRAMES);
	if (!k_boot(&k, false))
		abort();
	play(data, size);
	k_drop(&k);
	return 0;
}

/* Frees at first, then ever smaller requests among them; then noise. */
size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	size_t size = cap < 2000 ? cap : 2000;
	uint32_t random = 2463534242u;

	for (size_t at = 0; at < size; at++) {
		uint32_t r = k_random(&random);

		out[at] = (uint8_t)(r >> 8);
		if (i == 0 && at % 2 == 0)
			out[at] = (uint8_t)((r >> 8 & 0xf0) |
					    (at < 8 || r % 3 == 0 ? 15 : r / 3 % 4));
	}
	return i < 2 ? size : 0;
}
