#include "tools/check_rules.h"

#include <stdlib.h>
#include <string.h>

#include "tools/check_inputs.h"

static const char allow_words[] =
	"should be like +3%, -0.02, 5% (either way), '+3% -1%' or any";

/* ---- parts of rules -------------------------------------------------------------------- */

/* A rule without a reason is a hole that nobody dares to close later. */
static bool read_why(struct conf_node rule, const char **why, struct conf_error *err)
{
	struct conf_node at = conf_get(rule, "why");
	const char *text = at.yaml ? conf_text(at) : NULL;

	if (!at.yaml)
		return conf_fail(rule, err, "'why' is missing: say what makes this right");
	if (!text || !text[strspn(text, " ")])
		return conf_fail(at, err, "'why' should say what makes this right");
	*why = text;
	return true;
}

static bool read_allow(struct conf_node at, struct allow *allow, const char **text,
		       struct conf_error *err)
{
	*text = conf_text(at);
	if (!*text || !allow_parse(*text, allow))
		return conf_fail(at, err, "%s %s", *text ? *text : "this", allow_words);
	return true;
}

/* The same name twice: nobody knows which was meant. */
static bool check_once(struct conf_node map, size_t i, struct conf_error *err)
{
	if (!conf_key(map, i))
		return conf_fail(conf_key_node(map, i), err, "a name should stand here");
	for (size_t j = 0; j < i; j++)
		if (strcmp(conf_key(map, i), conf_key(map, j)) == 0)
			return conf_fail(conf_key_node(map, i), err, "'%.80s' stands twice",
					 conf_key(map, i));
	return true;
}

static bool read_rule(struct conf_node map, size_t i, struct check_rule *out,
		      struct conf_error *err)
{
	static const char *const keys[] = { "allow", "why", NULL };
	struct conf_node rule = conf_get(map, conf_key(map, i));
	struct conf_node allow;

	out->at = conf_key_node(map, i);
	out->pattern = conf_key(map, i);
	if (!conf_is_map(rule))
		return conf_fail(rule, err,
				 "a rule is {allow: +3%%, why: \"what makes this right\"}");
	allow = conf_get(rule, "allow");
	if (!conf_only_keys(rule, keys, err) || !read_why(rule, &out->why, err))
		return false;
	if (!allow.yaml)
		return conf_fail(rule, err, "'allow' is missing: it %s", allow_words);
	return read_allow(allow, &out->allow, &out->text, err);
}

/* ---- histograms ------------------------------------------------------------------------ */

static bool read_bound(struct conf_node rule, const char *key, bool *has,
		       struct allow_bound *bound, const char **text, struct conf_error *err)
{
	struct conf_node at = conf_get(rule, key);
	struct allow allow;

	*has = at.yaml != NULL;
	if (!*has)
		return true;
	*text = conf_text(at);
	if (!*text || !allow_parse(*text, &allow) || allow.any || !allow.up.given)
		return conf_fail(at, err, "'%s' should be like 5%%%s", key,
				 strcmp(key, "shift") == 0 ? " of the mean, or cycles" : "");
	*bound = allow.up;
	return true;
}

static bool read_over(struct conf_node map, size_t i, uint64_t mhz, struct check_over *out,
		      struct conf_error *err)
{
	const char *why;

	out->threshold = conf_key(map, i);
	if (!conf_parse_cycles(out->threshold, mhz, &out->cycles, &why))
		return conf_fail(conf_key_node(map, i), err, "'%.40s': %s", out->threshold,
				 why);
	return read_allow(conf_get(map, out->threshold), &out->allow, &out->text, err);
}

static bool read_overs(struct conf_node rule, uint64_t mhz, struct check_hist_rule *out,
		       struct conf_error *err)
{
	struct conf_node map = conf_get(rule, "over");

	if (!map.yaml)
		return true;
	if (!conf_is_map(map))
		return conf_fail(map, err, "'over' is a map such as {10us: +1%%, 1ms: 0}");
	if (conf_count(map) > CHECK_OVERS)
		return conf_fail(map, err, "at most %d thresholds", CHECK_OVERS);
	for (size_t i = 0; i < conf_count(map); i++)
		if (!check_once(map, i, err) ||
		    !read_over(map, i, mhz, &out->over[out->novers++], err))
			return false;
	return true;
}

static bool read_hist(struct conf_node map, size_t i, uint64_t mhz, struct check_hist_rule *out,
		      struct conf_error *err)
{
	static const char *const keys[] = { "moved", "shift", "over", "why", NULL };
	struct conf_node rule = conf_get(map, conf_key(map, i));

	out->at = conf_key_node(map, i);
	out->pattern = conf_key(map, i);
	if (!conf_is_map(rule))
		return conf_fail(rule, err,
				 "a rule of a histogram is {moved: 5%%, why: \"...\"}");
	if (!conf_only_keys(rule, keys, err) || !read_why(rule, &out->why, err) ||
	    !read_bound(rule, "moved", &out->has_moved, &out->moved, &out->moved_text, err) ||
	    !read_bound(rule, "shift", &out->has_shift, &out->shift, &out->shift_text, err) ||
	    !read_overs(rule, mhz, out, err))
		return false;
	if (!out->has_moved && !out->has_shift && !out->novers)
		return conf_fail(rule, err, "one of moved, shift and over should stand here");
	return true;
}

static bool read_hists(struct check_rules *r, struct conf_node map, uint64_t mhz,
		       struct conf_error *err)
{
	if (!conf_is_map(map))
		return conf_fail(map, err, "'histograms' is a map of tags and rules");
	r->hists = calloc(conf_count(map) + 1, sizeof(*r->hists));
	if (!r->hists)
		return conf_no_memory(map, err);
	for (size_t i = 0; i < conf_count(map); i++)
		if (!check_once(map, i, err) ||
		    !read_hist(map, i, mhz, &r->hists[r->nhists++], err))
			return false;
	return true;
}

/* ---- inputs ---------------------------------------------------------------------------- */

static bool read_inputs(struct check_rules *r, struct conf_node map, struct conf_error *err)
{
	if (!conf_only_keys(map, check_inputs_names, err))
		return false;
	r->inputs = calloc(conf_count(map) + 1, sizeof(*r->inputs));
	if (!r->inputs)
		return conf_no_memory(map, err);
	for (size_t i = 0; i < conf_count(map); i++) {
		const char *name = conf_key(map, i), *why = conf_text(conf_get(map, name));

		if (!why || !why[strspn(why, " ")])
			return conf_fail(conf_key_node(map, i), err,
					 "'%s' should be followed by why it may differ", name);
		r->inputs[r->ninputs++] = (struct check_input_rule){ name, why };
	}
	return true;
}

/* ---- files ----------------------------------------------------------------------------- */

static bool read_rules(struct check_rules *r, struct conf_node root, uint64_t mhz,
		       struct conf_error *err)
{
	if (!conf_is_map(root))
		return conf_fail(root, err,
				 "a map of figures and rules should stand here, such as "
				 "latency.alloc.p99: {allow: +3%%, why: \"...\"}");
	r->rules = calloc(conf_count(root) + 1, sizeof(*r->rules));
	if (!r->rules)
		return conf_no_memory(root, err);
	for (size_t i = 0; i < conf_count(root); i++) {
		const char *key = conf_key(root, i);
		bool ok = check_once(root, i, err);

		if (ok && strcmp(key, "histograms") == 0)
			ok = read_hists(r, conf_get(root, key), mhz, err);
		else if (ok && strcmp(key, "inputs") == 0)
			ok = read_inputs(r, conf_get(root, key), err);
		else if (ok)
			ok = read_rule(root, i, &r->rules[r->n++], err);
		if (!ok)
			return false;
	}
	return true;
}

struct check_rules *check_rules_open(const char *path, uint64_t mhz, struct conf_error *err)
{
	struct check_rules *r = calloc(1, sizeof(*r));

	if (!r) {
		conf_no_memory((struct conf_node){ 0 }, err);
		return NULL;
	}
	r->file = conf_open(path, err);
	if (!r->file || !read_rules(r, conf_root(r->file), mhz, err)) {
		check_rules_close(r);
		return NULL;
	}
	return r;
}

void check_rules_close(struct check_rules *rules)
{
	if (!rules)
		return;
	conf_close(rules->file);
	free(rules->rules);
	free(rules->hists);
	free(rules->inputs);
	free(rules);
}

struct check_rule *check_rules_for(struct check_rules *rules, const char *name)
{
	struct check_rule *found = NULL;

	for (size_t i = 0; rules && i < rules->n; i++) {
		if (strcmp(rules->rules[i].pattern, name) == 0)
			return &rules->rules[i];
		if (metric_fits(rules->rules[i].pattern, name))
			found = &rules->rules[i];
	}
	return found;
}

struct check_hist_rule *check_rules_hist(struct check_rules *rules, const char *tag)
{
	struct check_hist_rule *found = NULL;

	for (size_t i = 0; rules && i < rules->nhists; i++) {
		if (strcmp(rules->hists[i].pattern, tag) == 0)
			return &rules->hists[i];
		if (metric_fits(rules->hists[i].pattern, tag))
			found = &rules->hists[i];
	}
	return found;
}

const char *check_rules_input(const struct check_rules *rules, const char *name)
{
	size_t n = strcspn(name, ".");

	for (size_t i = 0; rules && i < rules->ninputs; i++)
		if (strlen(rules->inputs[i].name) == n &&
		    strncmp(rules->inputs[i].name, name, n) == 0)
			return rules->inputs[i].why;
	return NULL;
}
