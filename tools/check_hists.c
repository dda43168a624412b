#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/check_core.h"

static bool within(const struct allow_bound *bound, double value, double whole)
{
	return value <= (bound->relative ? bound->most * whole : bound->most) + 1e-12;
}

static double mean(const struct sim_hist *h)
{
	uint64_t n = h ? sim_hist_count(h) : 0;

	return n ? (double)sim_hist_sum(h) / (double)n : 0;
}

static void judge_over(struct check_hist *h)
{
	static const struct metric_kind samples = { "", "samples", METRIC_LESS, "" };

	for (size_t i = 0; h->ok && i < h->rule->novers; i++) {
		const struct check_over *over = &h->rule->over[i];
		struct diff_row row = { .kind = &samples, .had = true, .has = true };

		row.was = (double)hist_diff_over(h->was, over->cycles);
		row.now = (double)hist_diff_over(h->now, over->cycles);
		row.verdict = row.now > row.was ? DIFF_WORSE : DIFF_BETTER;
		h->ok = row.now == row.was || allow_holds(&over->allow, &row);
		if (!h->ok)
			snprintf(h->broken, sizeof(h->broken),
				 "%.0f samples over %.20s, %.0f in the baseline; allowed %.40s",
				 row.now, over->threshold, row.was, over->text);
	}
}

/* Without any rules each difference is a finding; with some, histograms have theirs, and their
 * percentiles those of figures. */
static void judge(struct check_hist *h, bool whole)
{
	const struct check_hist_rule *r = h->rule;

	h->ok = true;
	if (!r && !whole)
		return;
	if (!r) {
		h->ok = false;
		snprintf(h->broken, sizeof(h->broken), "%.2f %% of samples in other buckets",
			 100 * h->diff.moved);
		return;
	}
	if (r->has_moved && !within(&r->moved, h->diff.moved, 1)) {
		h->ok = false;
		snprintf(h->broken, sizeof(h->broken),
			 "%.2f %% of samples in other buckets; allowed %.40s",
			 100 * h->diff.moved, r->moved_text);
	} else if (r->has_shift && !within(&r->shift, h->diff.shift, mean(h->was))) {
		h->ok = false;
		snprintf(h->broken, sizeof(h->broken),
			 "samples moved by %.1f cycles on average; allowed %.40s",
			 h->diff.shift, r->shift_text);
	} else {
		judge_over(h);
	}
}

static bool put(struct check *c, const char *tag, const struct sim_hist *was,
		const struct sim_hist *now)
{
	struct check_hist *h = &c->hists[c->nhists];

	*h = (struct check_hist){ .tag = tag, .was = was, .now = now };
	if (!hist_diff_make(was, now, &h->diff))
		return false;
	h->rule = check_rules_hist(c->rules, tag);
	if (h->rule)
		h->rule->used++;
	if (h->diff.count_was == h->diff.count_now && h->diff.moved == 0)
		return true;
	judge(h, !c->rules);
	c->broken_hists += !h->ok;
	if (h->rule)
		h->rule->broken += !h->ok;
	c->nhists++;
	return true;
}

static const struct sim_hist *find(const struct sim_hist_log *log, const char *tag)
{
	const struct sim_hist_log_entry *entry = sim_hist_log_find(log, tag);

	return entry ? entry->hist : NULL;
}

/* A rule that is about nothing is a misspelt one. */
static bool check_used(const struct check_rules *rules, struct check_error *err)
{
	struct conf_error at = { .text = "" };

	for (size_t i = 0; i < rules->nhists; i++)
		if (!rules->hists[i].used) {
			conf_fail(rules->hists[i].at, &at,
				  "neither side has a histogram '%.80s'",
				  rules->hists[i].pattern);
			return check_fail(err, "%s", at.text);
		}
	return true;
}

bool check_hists_make(struct check *c, struct check_error *err)
{
	const struct sim_hist_log *was = &c->was->log, *now = &c->now->log;
	bool ok = true;

	if (!c->was->has_log || !c->now->has_log) {
		const struct check_side *side = c->was->has_log ? c->now : c->was;

		return !c->rules || !c->rules->nhists ||
		       check_fail(err,
				  "there are rules about histograms, but no latency.hlog "
				  "beside %s",
				  side->result.name);
	}
	c->hists = calloc(was->n + now->n + 1, sizeof(*c->hists));
	if (!c->hists)
		return check_fail(err, "out of memory");
	for (size_t i = 0; ok && i < was->n; i++)
		ok = put(c, was->entries[i].tag, was->entries[i].hist,
			 find(now, was->entries[i].tag));
	for (size_t i = 0; ok && i < now->n; i++)
		if (!find(was, now->entries[i].tag))
			ok = put(c, now->entries[i].tag, NULL, now->entries[i].hist);
	if (!ok)
		return check_fail(err, "out of memory");
	return !c->rules || check_used(c->rules, err);
}
