/*
 * The 4.12.0 model.
 *
 * usage: bench_mm412 [OPS [flat|reuse|cache [CASE]]]
 */
#include "model/v4_12/mm412_policy.h"
#include "tests/bench/bench_mm.h"

int main(int argc, char **argv)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "DMA", 1, 4096 },
		{ 0, "DMA32", 4096, 786432 },
		{ 0, "Normal", 1048576, 1048576 + (GIBS - 3) * GIB_FRAMES },
	};

	return bench_mm(&mm412_policy, zones, 3, argc, argv);
}
