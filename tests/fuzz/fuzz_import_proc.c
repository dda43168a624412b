/*
 * The kernel's own texts beside a recording, one behind another with a NUL byte between them:
 * zoneinfo, buddyinfo, buddyinfo read again, pagetypeinfo, vmstat, iomem.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "traces/import.h"

static void look_at(const struct import_side *side)
{
	for (unsigned i = 0; i < side->nzones; i++) {
		const struct trace_zone *z = &side->zones[i].z, *before = z;

		if (i)
			before = &side->zones[i - 1].z;
		if (z->end <= z->start || z->end > IMPORT_MAX_PFN || z->managed > z->present ||
		    z->present > z->end - z->start || side->zones[i].cpus > side->cpus ||
		    before->nid > z->nid || strlen(z->name) >= sizeof(z->name))
			abort();
		if (i && before->nid == z->nid && before->end > z->start)
			abort();
	}
}

/* The next text; the empty one at the end behind the last. */
static char *next(char **rest, char *end)
{
	char *text = *rest, *behind = text + strlen(text);

	*rest = behind < end ? behind + 1 : end;
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_snapshot s = { 0 };
	struct trace_error err;
	char *texts = malloc(size + 1), *rest = texts, *end = texts + size;

	if (!texts)
		return 0;
	memcpy(texts, data, size);
	*end = '\0';
	if (import_proc_zoneinfo("zoneinfo", next(&rest, end), &s.before, &err)) {
		look_at(&s.before);
		import_proc_buddyinfo("buddyinfo", next(&rest, end), &s.before, 0, &err);
		import_proc_buddyinfo("buddyinfo", next(&rest, end), &s.before, 1, &err);
		import_proc_pagetypeinfo("pagetypeinfo", next(&rest, end), &s.before, &err);
		import_proc_vmstat("vmstat", next(&rest, end), &s.before, &err);
		import_proc_iomem("iomem", next(&rest, end), &s, &err);
	}
	import_state_free(&s);
	free(texts);
	return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t cap)
{
	static const char seed[] =
		"Node 0, zone      DMA\n  per-node stats\n      nr_dirty     0\n"
		"  pages free     3824\n        min      11\n        low      15\n"
		"        high     19\n        spanned  4095\n        present  3998\n"
		"        managed  3840\n        protection: (0, 361, 361)\n      nr_free_pages "
		"3\n"
		"  pagesets\n    cpu: 0\n              count: 0\n              high:  90\n"
		"    cpu: 1\n              count: 7\n  vm stats threshold: 4\n"
		"  start_pfn:           1\n"
		"Node 1, zone    DMA32\n  pages free     70000\n        min      289\n"
		"        low      361\n        high     433\n        spanned  98304\n"
		"        present  98304\n        managed  92563\n        protection: (0, 0)\n"
		"  pagesets\n    cpu: 0\n              count: 641\n  start_pfn:           "
		"98304\n"
		"\0Node 0, zone      DMA      0      0      0      0      0      1      1      "
		"1 "
		"     0      1      3\n"
		"Node 1, zone    DMA32      2      3      2      1      1      2      3      1 "
		"     1      2     67\n"
		"\0Node 1, zone    DMA32      2      3      2      1      1      2      3      "
		"1 "
		"     1      2     67\n"
		"\0Page block order: 9\nPages per block:  512\n\n"
		"Free pages count per migrate type at order       0      1      2\n"
		"Node    0, zone      DMA, type    Unmovable      0      0      0      0      "
		"0 "
		"     1      1      1      0      1      3\n\n"
		"Number of blocks type     Unmovable      Movable  Reclaimable   HighAtomic\n"
		"Node 0, zone      DMA            3            5            0            0\n"
		"Node 1, zone    DMA32          170           12           10            0\n"
		"\0nr_free_pages 145117\npgalloc_dma 0\npgalloc_dma32 94674\npgfree 69328\n"
		"\0"
		"00000000-00000fff : Reserved\n00001000-0009fbff : System RAM\n"
		"  01000000-01ffffff : Kernel code\n";

	if (i || sizeof(seed) - 1 > cap)
		return 0;
	memcpy(out, seed, sizeof(seed) - 1);
	return sizeof(seed) - 1;
}
