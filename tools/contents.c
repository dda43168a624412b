#include "tools/contents.h"

#include <string.h>

#include "tools/draw.h"

/* mm_lru_insertion's list numbers, the same from 3.10 to 6.x. */
enum { INACTIVE_ANON, ACTIVE_ANON, INACTIVE_FILE, ACTIVE_FILE };

static bool has(const char *names, const char *flag)
{
	return strstr(names, flag) != NULL;
}

/* Read ahead of the reader: not worth a retry or a warning. */
static bool is_read_ahead(const char *names)
{
	return has(names, "__GFP_NORETRY") && has(names, "__GFP_NOWARN");
}

/* A fault may enter file systems; a page that must not is one of a file system's own. */
static bool is_of_file_system(const char *names)
{
	return has(names, "GFP_NOFS");
}

/* Dentries and inodes are made where file systems may be entered. What is asked for without
 * that is for nodes of radix trees (GFP_ATOMIC, GFP_NOWAIT) and buffer heads (GFP_NOFS), which
 * live as long as what they belong to. */
static bool has_shrinker(const char *names)
{
	return has(names, "GFP_KERNEL") || has(names, "GFP_USER") ||
	       has(names, "GFP_TEMPORARY") || has(names, "__GFP_FS");
}

static struct contents_kind of_slab(const char *names)
{
	return (struct contents_kind){
		.reclaimable = has(names, "__GFP_RECLAIMABLE") || has(names, "GFP_TEMPORARY"),
		.active = !has_shrinker(names),
		.kind = MM_KIND_SLAB,
	};
}

struct contents_kind contents_of_gfp(const char *names)
{
	bool written = has(names, "__GFP_WRITE");

	if (!has(names, "MOVABLE"))
		return of_slab(names);
	if (written || is_read_ahead(names) || is_of_file_system(names))
		return (struct contents_kind){ .reclaimable = true,
					       .kind = MM_KIND_FILE,
					       .dirty = written };
	/* Memory that a task asks for it writes to. */
	return (struct contents_kind){
		.reclaimable = true, .kind = MM_KIND_ANON, .dirty = true, .active = true
	};
}

/* Of mm_lru_insertion's flags, which stand above the list in an event's value. */
enum { LIST_BITS = 3, FLAG_ANON = 2, FLAG_SWAP_BACKED = 16, FLAG_STAYS = 128 };

struct contents_kind contents_of_lru(uint32_t value)
{
	uint32_t list = value & ((1u << LIST_BITS) - 1), flags = value >> LIST_BITS;
	bool anon = list <= ACTIVE_ANON;
	bool shared = (flags & FLAG_SWAP_BACKED) && !(flags & FLAG_ANON);

	return (struct contents_kind){
		.reclaimable = list <= ACTIVE_FILE,
		.kind = !anon    ? MM_KIND_FILE
			: shared ? MM_KIND_SHMEM
				 : MM_KIND_ANON,
		.dirty = anon,
		.active = list == ACTIVE_ANON || list == ACTIVE_FILE,
		.stays = !anon && (flags & FLAG_STAYS),
	};
}

struct contents_kind contents_of_use(unsigned use)
{
	bool anon = (use & MM_USE_ANON) != 0, file = (use & MM_USE_FILE) != 0;

	return (struct contents_kind){
		.reclaimable = (use & MM_USE_LRU) && (anon || file),
		.kind = !anon  ? MM_KIND_FILE
			: file ? MM_KIND_SHMEM
			       : MM_KIND_ANON,
		.dirty = anon || (use & MM_USE_DIRTY),
		.active = (use & MM_USE_ACTIVE) != 0,
		.old = true,
		.stays = !anon && (use & MM_USE_STAYS),
	};
}

bool contents_is_hot(uint64_t seed, uint32_t content, uint32_t hot_milli)
{
	return (uint64_t)draw_of(seed, content) * 1000 >> 32 < hot_milli;
}
