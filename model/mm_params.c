#include "model/mm_params.h"

#include <string.h>

const struct mm_param *mm_params_find(const struct mm_param *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}
