/* A pagesim_histogram is a sim_hist under another name: nobody else looks into it. */
#include "sim/hist.h"
#include "tools/pagesim_core.h"

static const struct sim_hist *of(const struct pagesim_histogram *histogram)
{
	return (const struct sim_hist *)histogram;
}

uint64_t pagesim_histogram_count(const struct pagesim_histogram *histogram)
{
	return sim_hist_count(of(histogram));
}

uint64_t pagesim_histogram_min(const struct pagesim_histogram *histogram)
{
	return sim_hist_min(of(histogram));
}

uint64_t pagesim_histogram_max(const struct pagesim_histogram *histogram)
{
	return sim_hist_max(of(histogram));
}

uint64_t pagesim_histogram_percentile(const struct pagesim_histogram *histogram,
				      uint32_t milli_percent)
{
	return sim_hist_percentile(of(histogram), milli_percent);
}

void pagesim_histogram_each(const struct pagesim_histogram *histogram, pagesim_bucket *visit,
			    void *context)
{
	sim_hist_each(of(histogram), visit, context);
}
