/*
 * Inside report*.c: pageblocks.csv of a result, drawn together into cells, so that a machine of
 * any size is a map of some thousand cells.
 */
#ifndef REPORT_PAGEBLOCKS_H
#define REPORT_PAGEBLOCKS_H

#include "tools/report_page.h"

#define REPORT_PAGEBLOCKS_CELLS 2000u /* of all zones at one date, about */

/* Colours of the map, by the type's name; the last is what has none. */
enum { REPORT_PAGEBLOCKS_TYPES = 6 };
extern const char *const report_pageblocks_types[REPORT_PAGEBLOCKS_TYPES];

struct report_cell {
	uint64_t blocks[REPORT_PAGEBLOCKS_TYPES];
	uint64_t free, pages;
	uint64_t polluted; /* blocks of a type that moves with pages that do not */
};

/* All pageblocks of a type, exactly. */
struct report_sum {
	uint64_t blocks, free, pages, polluted;
};

/* A zone at the start or the end. */
struct report_cells {
	bool at_end;
	unsigned node;
	char zone[16];
	uint64_t blocks;
	struct report_sum sums[REPORT_PAGEBLOCKS_TYPES];
	size_t n;
	struct report_cell *cells;
};

struct report_pageblocks {
	uint64_t per_cell; /* pageblocks of a cell; the last one of a zone has fewer */
	size_t n;
	struct report_cells *zones;
	char trouble[160]; /* why there is nothing, or not all */
};

/* Reads the file of that folder into memory of the page. n is 0 where it is not there. */
struct report_pageblocks report_pageblocks_read(struct report_page *p, const char *folder,
						size_t most);

#endif
