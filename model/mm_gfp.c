#include "model/mm_gfp.h"

#include <string.h>

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
