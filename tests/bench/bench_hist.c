/*
 * What recording a latency costs. Prints case,ops,ns_per_op.
 *
 * usage: bench_hist [OPS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/hist.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Values below 2^bits; a latency's histogram mostly sees a few buckets, a wide one many. */
static void record(const char *name, uint64_t ops, unsigned bits)
{
	struct sim_hist *h = sim_hist_new();
	uint64_t random = 1;
	double from;

	if (!h || !sim_hist_record(h, (UINT64_C(1) << bits) - 1))
		exit(EXIT_FAILURE);
	from = now();
	for (uint64_t i = 0; i < ops; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		sim_hist_record(h, random >> (64 - bits));
	}
	printf("%s,%llu,%.1f\n", name, (unsigned long long)ops, (now() - from) / (double)ops);
	sim_hist_free(h);
}

int main(int argc, char **argv)
{
	uint64_t ops = argc > 1 ? strtoull(argv[1], NULL, 10) : 20000000;

	printf("case,ops,ns_per_op\n");
	record("hist_record_below_2048", ops, 11);
	record("hist_record_below_1_million", ops, 20);
	record("hist_record_below_2_40", ops, 40);
	return EXIT_SUCCESS;
}
