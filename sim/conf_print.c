/* Values as messages print them. */
#include <inttypes.h>
#include <stdio.h>

#include "sim/conf.h"

void conf_print_size(uint64_t bytes, char *text, size_t size)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	unsigned i = 0;

	while (i < 4 && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		i++;
	}
	snprintf(text, size, "%" PRIu64 "%s", bytes, units[i]);
}
