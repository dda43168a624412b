/*
 * The 2.4.0 model on a machine with high memory.
 *
 * usage: bench_mm24 [OPS [flat|reuse|cache [CASE]]]
 */
#include "model/v2_4/mm24_policy.h"
#include "tests/bench/bench_mm.h"

int main(int argc, char **argv)
{
	static const struct mm_zone_span zones[] = {
		{ 0, "DMA", 0, 4096 },
		{ 0, "Normal", 4096, 229376 },
		{ 0, "HighMem", 229376, GIBS * GIB_FRAMES },
	};

	return bench_mm(&mm24_policy, zones, 3, argc, argv);
}
