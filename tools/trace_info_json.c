#include "tools/trace_info.h"

static json_t *counts_json(const uint64_t *v, unsigned n, const char *(*name)(unsigned))
{
	json_t *o = json_object();

	for (unsigned i = 0; i < n; i++)
		json_object_set_new(o, name(i), json_integer((json_int_t)v[i]));
	return o;
}

static json_t *list_json(const uint64_t *v, unsigned n)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(list, json_integer((json_int_t)v[i]));
	return list;
}

static json_t *gfps_json(const struct trace_info *i)
{
	json_t *list = json_array();

	for (unsigned n = 0; n < i->gfps.n; n++)
		json_array_append_new(list, json_pack("{s:s,s:I}", "gfp",
						      trace_reader_gfp(i->r, i->gfps.index[n]),
						      "requests",
						      (json_int_t)i->s.gfp[i->gfps.index[n]]));
	return list;
}

/* A task's name may hold any bytes; JSON may not. */
static json_t *name_json(const char *name)
{
	char clean[16];
	size_t n = 0;

	for (; n < sizeof(clean) - 1 && name[n]; n++)
		clean[n] = name[n] >= ' ' && name[n] < 127 ? name[n] : '?';
	clean[n] = '\0';
	return json_string(clean);
}

static json_t *tasks_json(const struct trace_info *i)
{
	json_t *list = json_array();

	for (unsigned n = 0; n < i->tasks.n; n++) {
		const struct trace_task *t = trace_reader_task(i->r, i->tasks.index[n]);
		const struct trace_stats_task *s = &i->s.tasks[i->tasks.index[n]];

		json_array_append_new(
			list, json_pack("{s:i,s:o,s:I,s:I,s:I}", "pid", (int)t->pid, "name",
					name_json(t->comm), "requests", (json_int_t)s->requests,
					"frees", (json_int_t)s->frees, "allocated_pages",
					(json_int_t)s->allocated));
	}
	return list;
}

/* Null without times, and where fewer were seen to end. */
static json_t *time_json(uint64_t ns)
{
	return ns == UINT64_MAX ? json_null() : json_integer((json_int_t)ns);
}

static json_t *lives_json(const struct trace_info *i)
{
	static const struct {
		const char *key;
		uint64_t share;
	} points[] = { { "p50", UINT64_C(1) << 31 },
		       { "p90", (UINT64_C(9) << 32) / 10 },
		       { "p99", (UINT64_C(99) << 32) / 100 } };
	json_t *list = json_array();

	for (unsigned o = 0; o <= TRACE_ORDERS; o++) {
		const struct trace_like_hist *h = &i->s.lives[o];
		struct trace_like_curve c;
		json_t *row;

		if (!h->nseen && !h->nlonger)
			continue;
		trace_like_hist_curve(h, &c);
		row = json_pack("{s:I,s:I,s:o}", "objects", (json_int_t)(h->nseen + h->nlonger),
				"live_at_end", (json_int_t)h->nlonger, "longest",
				time_json(h->nseen ? h->most : UINT64_MAX));
		json_object_set_new(row, "order",
				    o < TRACE_ORDERS ? json_integer(o) : json_string("all"));
		for (unsigned k = 0; k < sizeof(points) / sizeof(*points); k++)
			json_object_set_new(row, points[k].key,
					    time_json(trace_like_hist_value(
						    h, &c, points[k].share, UINT64_MAX)));
		json_array_append_new(list, row);
	}
	return list;
}

static json_t *rates_json(const struct trace_info *i)
{
	const struct trace_rates *r = i->s.rates;
	json_t *all = json_pack("{s:I}", "window", (json_int_t)r->width);

	for (unsigned k = 0; k < TRACE_RATES_KINDS; k++) {
		enum trace_rates_what what = (enum trace_rates_what)k;
		unsigned peak = trace_rates_peak(r, what);
		uint64_t sum = trace_rates_sum(r, what);
		uint64_t most = trace_rates_value(&r->bin[peak], what);
		json_t *row = json_pack("{s:I,s:I,s:I}", "count", (json_int_t)sum, "peak_count",
					(json_int_t)most, "peak_begin",
					(json_int_t)(peak * r->width));

		if (trace_info_has_times(i)) {
			json_object_set_new(
				row, "per_second",
				json_integer((json_int_t)trace_info_per_second(i, sum)));
			json_object_set_new(
				row, "peak_per_second",
				json_integer((json_int_t)trace_info_per_second_in(i, most)));
		}
		json_object_set_new(all, trace_info_rates[k], row);
	}
	return all;
}

static json_t *state_json(const struct trace_info *i)
{
	json_t *zones = json_array();

	if (!i->s.zones) {
		json_decref(zones);
		return json_null();
	}
	for (unsigned z = 0; z < i->h->nzones; z++) {
		const struct trace_stats_zone *s = &i->s.zones[z];

		json_array_append_new(zones, json_pack("{s:i,s:s,s:I,s:I,s:I,s:I,s:I}", "node",
						       (int)s->zone->nid, "zone", s->zone->name,
						       "free", (json_int_t)s->free, "per_cpu",
						       (json_int_t)s->pcp, "objects",
						       (json_int_t)s->objects, "pinned",
						       (json_int_t)s->pinned, "managed",
						       (json_int_t)s->zone->managed));
	}
	return json_pack("{s:I,s:o}", "objects", (json_int_t)i->s.start_objects, "zones",
			 zones);
}

static json_t *ends_json(const struct trace_zone_free *z, unsigned n)
{
	json_t *list = json_array();

	for (unsigned k = 0; k < n; k++)
		json_array_append_new(
			list, json_pack("{s:i,s:s,s:o,s:o,s:I}", "node", (int)z[k].nid, "zone",
					z[k].name, "buddyinfo",
					list_json(z[k].buddyinfo, TRACE_ORDERS), "logical",
					list_json(z[k].logical, TRACE_ORDERS), "pcp_pages",
					(json_int_t)z[k].pcp_pages));
	return list;
}

static json_t *end_json(const struct trace_info *i)
{
	if (!i->end)
		return json_null();
	return json_pack("{s:o,s:o}", "start", ends_json(i->end->start, i->end->nzones), "end",
			 ends_json(i->end->end, i->end->nzones));
}

json_t *trace_info_json(const struct trace_info *i)
{
	const struct trace_header *h = i->h;
	const struct trace_stats *s = &i->s;
	const struct trace_totals *t = &s->totals;
	json_t *o = json_pack("{s:s,s:s,s:s,s:b,s:s,s:s,s:I,s:I,s:I}", "name",
			      h->name ? h->name : "", "kernel",
			      h->source_kernel ? h->source_kernel : "", "tool",
			      h->tool ? h->tool : "", "synthetic", h->synthetic, "clock",
			      h->clock_name, "clock_unit", trace_info_clock_units[h->clock],
			      "clock_hz", (json_int_t)h->clock_hz, "cpus", (json_int_t)h->cpus,
			      "nodes", (json_int_t)h->nodes);

	json_object_set_new(o, "events", json_integer((json_int_t)t->events));
	json_object_set_new(o, "blocks", json_integer((json_int_t)t->blocks));
	json_object_set_new(o, "tasks", json_integer((json_int_t)t->tasks));
	json_object_set_new(o, "first_time", json_integer((json_int_t)t->first_time));
	json_object_set_new(o, "last_time", json_integer((json_int_t)t->last_time));
	json_object_set_new(o, "span_us", json_integer((json_int_t)trace_info_span_us(i)));
	json_object_set_new(o, "file_bytes", json_integer((json_int_t)i->size));
	json_object_set_new(o, "kinds", counts_json(s->kinds, TRACE_KINDS, trace_stats_kind));
	json_object_set_new(o, "flags", counts_json(s->flags, 7, trace_stats_flag));
	json_object_set_new(o, "alloc_orders", list_json(s->alloc_orders, TRACE_ORDERS));
	json_object_set_new(o, "free_orders", list_json(s->free_orders, TRACE_ORDERS));
	json_object_set_new(o, "gfp", gfps_json(i));
	json_object_set_new(o, "cpu_events", list_json(s->cpu, h->cpus));
	json_object_set_new(o, "live_pages",
			    json_pack("{s:I,s:I,s:I,s:I}", "start", (json_int_t)s->start_pages,
				      "most", (json_int_t)s->most_live, "most_at",
				      (json_int_t)s->most_live_time, "end",
				      (json_int_t)s->live));
	json_object_set_new(o, "top_tasks", tasks_json(i));
	json_object_set_new(o, "rates", rates_json(i));
	json_object_set_new(o, "lifetimes", lives_json(i));
	json_object_set_new(o, "truth",
			    counts_json(s->truths, TRACE_TRUTH_KINDS, trace_stats_truth));
	if (s->totals.steps)
		json_object_set_new(o, "steps",
				    counts_json(s->steps, TRACE_STEP_KINDS, trace_stats_step));
	json_object_set_new(o, "start_state", state_json(i));
	json_object_set_new(o, "end_state", end_json(i));
	json_object_set_new(o, "report",
			    i->report ? json_loads(i->report, 0, NULL) : json_null());
	return o;
}
