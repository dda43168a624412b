#include <string.h>

#include "model/v2_4/mm24.h"
#include "model/v2_4/mm24_probe.h"

struct mm24_probe_counts mm24_probe_state_counts(const void *state)
{
	const struct mm24 *mm = state;
	struct mm24_probe_counts counts = {
		.ooms = mm->stats.ooms,
		.reaps = mm->stats.reaps,
		.writes = mm->io.writes,
		.inflight = mm->io.n,
		.would_hang = mm->stats.would_hang,
	};

	for (unsigned i = 0; i < MM24_PROBE_DAEMONS; i++) {
		counts.wake_calls[i] = mm->daemon[i].wake_calls;
		counts.wakes[i] = mm->daemon[i].wakes;
	}
	return counts;
}

static const struct mm24_zone *find(const struct mm24 *mm, unsigned nid, const char *name)
{
	for (unsigned i = 0; i < mm->nzones; i++)
		if (mm->zones[i].nid == nid &&
		    strcmp(mm24_zone_names[mm->zones[i].idx], name) == 0)
			return &mm->zones[i];
	return NULL;
}

bool mm24_probe_state_zone(const void *state, unsigned nid, const char *name,
			   struct mm24_probe_zone *out)
{
	const struct mm24 *mm = state;
	const struct mm24_zone *zone = find(mm, nid, name);

	if (!zone)
		return false;
	*out = (struct mm24_probe_zone){
		.id = zone->id,
		.free = zone->free_pages,
		.inactive_clean = zone->inactive_clean_pages,
		.inactive_dirty = zone->inactive_dirty_pages,
		.min = zone->pages_min,
		.low = zone->pages_low,
		.high = zone->pages_high,
		.managed = zone->managed,
	};
	return true;
}

uint64_t mm24_probe_state_blocks(const void *state, unsigned zone, unsigned order)
{
	const struct mm24 *mm = state;
	const struct mm24_zone *z = &mm->zones[zone];
	uint32_t at = mm24_buddy_next(mm, z, order, MM24_NONE);
	uint64_t n = 0;

	for (; at != MM24_NONE; at = mm24_buddy_next(mm, z, order, at))
		n++;
	return n;
}

struct mm24_probe_lru mm24_probe_state_lru(const void *state)
{
	const struct mm24 *mm = state;

	return (struct mm24_probe_lru){
		.active = mm->nr_active,
		.inactive_dirty = mm->nr_inactive_dirty,
		.inactive_clean = mm->nr_clean,
		.free = mm->nr_free,
		.memory_pressure = mm->memory_pressure,
		.inactive_target = mm24_lru_inactive_target(mm),
		.free_shortage = mm24_lru_free_shortage(mm),
		.inactive_shortage = mm24_lru_inactive_shortage(mm),
	};
}

struct mm24_probe_page mm24_probe_state_page(const void *state, uint64_t frame)
{
	const struct mm24 *mm = state;
	uint32_t slot = mm24_slot(mm, frame);
	unsigned tag = mm->s[slot].tag;
	bool reserved = tag & MM24_RESERVED;
	unsigned age = reserved ? 0 : mm->s[slot].type;

	/* Memory that was free since boot is not written to, while the reserved pages next to
	 * used ones are (mm24_zone_ready()). */
	if (!reserved && age == 0 && mm24_page(mm, slot)->count <= 0)
		age = MM24_AGE_START;
	return (struct mm24_probe_page){
		.list = tag & MM24_ACTIVE           ? "active"
			: tag & MM24_INACTIVE_DIRTY ? "inactive_dirty"
			: tag & MM24_INACTIVE_CLEAN ? "inactive_clean"
						    : "none",
		.age = age,
		.referenced = tag & MM24_REFERENCED,
		.dirty = tag & MM24_DIRTY,
		.locked = tag & MM24_LOCKED,
		.count = mm24_page(mm, slot)->count,
	};
}

uint64_t mm24_probe_state_free_swap(const void *state)
{
	return ((const struct mm24 *)state)->swap.free;
}

static uint64_t fnv(uint64_t digest, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++, value >>= 8)
		digest = (digest ^ (value & 255)) * UINT64_C(0x100000001b3);
	return digest;
}

#define FNV_START UINT64_C(0xcbf29ce484222325)

uint64_t mm24_probe_state_digest_free(const void *state)
{
	const struct mm24 *mm = state;
	uint64_t digest = FNV_START;

	for (unsigned i = 0; i < mm->nzones; i++)
		for (unsigned order = 0; order < MM24_ORDERS; order++) {
			const struct mm24_zone *z = &mm->zones[i];
			uint32_t at = mm24_buddy_next(mm, z, order, MM24_NONE);

			for (; at != MM24_NONE; at = mm24_buddy_next(mm, z, order, at))
				digest = fnv(digest, mm24_frame(mm, at));
			digest = fnv(digest, UINT64_MAX);
		}
	return digest;
}

static uint64_t digest_lru(const struct mm24 *mm, uint32_t head, uint64_t digest)
{
	for (uint32_t at = mm->s[head].next; at != head; at = mm->s[at].next) {
		unsigned tag = mm->s[at].tag;
		uint64_t flags = (tag & MM24_REFERENCED ? 1 : 0) | (tag & MM24_DIRTY ? 2 : 0) |
				 (tag & MM24_LOCKED ? 4 : 0) | (tag & MM24_BUFFERS ? 8 : 0);

		digest = fnv(digest, mm24_frame(mm, at));
		digest = fnv(digest, mm->s[at].type);
		digest = fnv(digest, flags | (uint64_t)(uint32_t)mm24_page(mm, at)->count << 8);
	}
	return fnv(digest, UINT64_MAX);
}

uint64_t mm24_probe_state_digest_lru(const void *state)
{
	const struct mm24 *mm = state;
	uint64_t digest = digest_lru(mm, mm->active_head, FNV_START);

	digest = digest_lru(mm, mm->dirty_head, digest);
	for (unsigned i = 0; i < mm->nzones; i++)
		digest = digest_lru(mm, mm->zones[i].clean_head, digest);
	return digest;
}

struct mm24_probe_boot mm24_probe_state_boot(const void *state)
{
	const struct mm24 *mm = state;

	return (struct mm24_probe_boot){
		.free_min = mm->free_min,
		.free_low = mm->free_low,
		.free_high = mm->free_high,
		.num_physpages = mm->num_physpages,
		.max_mapnr = mm->max_mapnr,
		.page_cluster = mm->page_cluster,
	};
}

bool mm24_probe_state_pgdat(const void *state, unsigned n, unsigned *nid)
{
	const struct mm24 *mm = state;

	if (n >= mm->npgdats)
		return false;
	*nid = mm->pgdat_list[n];
	return true;
}

bool mm24_probe_state_zonelist(const void *state, unsigned nid, unsigned gfp, unsigned n,
			       unsigned *zone_nid, const char **zone_name)
{
	const struct mm24 *mm = state;
	struct mm24_zone *const *zone;

	if (nid >= mm->nnodes || !mm->nodes[nid].online)
		return false;
	zone = mm->nodes[nid].lists[gfp >> 3 & 3].zones;
	while (*zone && n--)
		zone++;
	if (!*zone)
		return false;
	*zone_nid = (*zone)->nid;
	*zone_name = mm24_zone_names[(*zone)->idx];
	return true;
}
