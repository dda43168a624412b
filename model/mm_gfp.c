#include "model/mm_gfp.h"

#include <stdio.h>
#include <string.h>

/* Flags of later kernels for debugging, tagging and accounting have no say in where a page
 * comes from; and how tools print that there are no flags. */
static const struct mm_gfp_name silent[] = {
	{ "__GFP_NOLOCKDEP", 0 },
	{ "__GFP_ZEROTAGS", 0 },
	{ "__GFP_SKIP_ZERO", 0 },
	{ "__GFP_SKIP_KASAN", 0 },
	{ "__GFP_SKIP_KASAN_POISON", 0 },
	{ "__GFP_SKIP_KASAN_UNPOISON", 0 },
	{ "__GFP_NO_OBJ_EXT", 0 },
	{ "none", 0 },
	{ "0", 0 },
};

static const struct mm_gfp_name *find(const struct mm_gfp_name *table, size_t rows,
				      const char *name, size_t length)
{
	for (size_t i = 0; i < rows; i++)
		if (strncmp(table[i].name, name, length) == 0 && table[i].name[length] == '\0')
			return &table[i];
	return NULL;
}

uint32_t mm_gfp_parse(const struct mm_gfp_name *table, size_t rows, const char *names,
		      unsigned *unknown)
{
	uint32_t gfp = 0;

	while (*names) {
		size_t length = strcspn(names, "|");
		const struct mm_gfp_name *row = find(table, rows, names, length);

		if (!row)
			row = find(silent, sizeof(silent) / sizeof(*silent), names, length);
		if (row)
			gfp |= row->gfp;
		else
			++*unknown;
		names += length;
		if (*names == '|')
			names++;
	}
	return gfp;
}

void mm_gfp_text(const struct mm_gfp_name *table, size_t rows, uint32_t gfp, char *text,
		 size_t size)
{
	size_t used = 0;

	snprintf(text, size, "none");
	for (size_t i = 0; i < rows && used < size; i++) {
		if (!table[i].gfp || (gfp & table[i].gfp) != table[i].gfp)
			continue;
		gfp &= ~table[i].gfp;
		used += (size_t)snprintf(text + used, size - used, "%s%s", used ? "|" : "",
					 table[i].name);
	}
}
