#include "tools/trace_info.h"

__extension__ typedef unsigned __int128 wide;

const char *const trace_info_clock_units[] = { "ns", "tsc", "counter" };

const char *const trace_info_rates[TRACE_RATES_KINDS] = { "events",          "requests",
							  "failed",          "frees",
							  "allocated_pages", "freed_pages" };

bool trace_info_has_times(const struct trace_info *i)
{
	return i->h->clock != TRACE_CLOCK_COUNTER && i->h->clock_hz;
}

uint64_t trace_info_span_us(const struct trace_info *i)
{
	uint64_t ticks = i->s.totals.last_time - i->s.totals.first_time;

	if (!trace_info_has_times(i))
		return 0;
	return (uint64_t)((wide)ticks * 1000000 / i->h->clock_hz);
}

uint64_t trace_info_per_second(const struct trace_info *i, uint64_t count)
{
	uint64_t us = trace_info_span_us(i);

	return us ? (uint64_t)((wide)count * 1000000 / us) : 0;
}

uint64_t trace_info_per_second_in(const struct trace_info *i, uint64_t count)
{
	uint64_t ns = i->s.rates->width;

	return ns ? (uint64_t)((wide)count * 1000000000 / ns) : 0;
}
