#include "tools/compare_plan.h"

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/cmd.h"
#include "tools/options.h"
#include "tools/run_core.h"

static bool fail(struct compare_runs_error *err, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static bool fail(struct compare_runs_error *err, int status, const char *fmt, ...)
{
	va_list ap;

	err->status = status;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return false;
}

bool compare_plan_add(struct compare_plan *plan, enum compare_plan_list list, const char *word)
{
	if (plan->nlists[list] == COMPARE_SIDES)
		return false;
	plan->lists[list][plan->nlists[list]++] = word;
	return true;
}

/* ---- labels ---------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static bool is_taken(const struct compare_plan *plan, const struct compare_plan_side *side)
{
	for (unsigned i = 0; i < plan->nsides; i++)
		if (strcmp(plan->sides[i].label, side->label) == 0)
			return true;
	return false;
}

/* Labels name folders and stand in JSON: no slash, and what is no UTF-8 is left to its number.
 */
static void clean(struct compare_plan_side *side)
{
	json_t *text = json_string(side->label);

	if (!text)
		*side->label = '\0';
	json_decref(text);
	for (char *p = side->label; *p; p++)
		if (*p == '/' || (unsigned char)*p < ' ')
			*p = '_';
	if (*side->label == '.')
		*side->label = '_';
}

/* "results/a/" and "results/a/result.json" are a, "b.yaml" is b. */
static void label_path(struct compare_plan_side *side, const char *path)
{
	size_t n = strlen(path);
	const char *start;

	if (ends_with(path, "/result.json"))
		n -= strlen("/result.json");
	else if (ends_with(path, ".yaml"))
		n -= strlen(".yaml");
	while (n && path[n - 1] == '/')
		n--;
	for (start = path + n; start > path && start[-1] != '/';)
		start--;
	snprintf(side->label, sizeof(side->label), "%.*s", (int)(path + n - start), start);
}

/* "tight: vm.min_free_kbytes=2MiB" is tight; without a name the settings are it. */
static void label_with(struct compare_plan_side *side, const char *with)
{
	size_t n = strcspn(with, ":= ");

	side->with = with;
	if (with[n] == ':' && n && (with[n + 1] == ' ' || !with[n + 1])) {
		side->with = with + n + 1;
		snprintf(side->label, sizeof(side->label), "%.*s", (int)n, with);
		return;
	}
	if (strncmp(with, "vm.", 3) == 0)
		with += 3;
	snprintf(side->label, sizeof(side->label), "%s", with);
}

/* ---- sides ----------------------------------------------------------------------------- */

static struct compare_plan_side *add(struct compare_plan *plan, struct compare_plan_side side,
				     struct compare_runs_error *err)
{
	char first[COMPARE_LABEL];

	if (plan->nsides == COMPARE_SIDES) {
		fail(err, CMD_USAGE, "at most %d can be compared", COMPARE_SIDES);
		return NULL;
	}
	clean(&side);
	memcpy(first, side.label, sizeof(first));
	for (unsigned k = *first ? 2 : 1; !*side.label || is_taken(plan, &side); k++)
		snprintf(side.label, sizeof(side.label), "%.36s%s(%u)", first,
			 *first ? " " : "", k);
	plan->sides[plan->nsides] = side;
	return &plan->sides[plan->nsides++];
}

static bool is_scenario(const char *path)
{
	return ends_with(path, ".yaml") || ends_with(path, ".yml");
}

static bool add_operand(struct compare_plan *plan, const char *path,
			struct compare_runs_error *err)
{
	struct compare_plan_side side = { .run = is_scenario(path) };

	label_path(&side, path);
	if (side.run)
		side.scenario = path;
	else if (!(side.result = strdup(path)))
		return fail(err, CMD_SYSTEM, "out of memory");
	if (add(plan, side, err))
		return true;
	free(side.result);
	return false;
}

/* A side for each of --kernels; `scenario` may be NULL. */
static bool add_kernels(struct compare_plan *plan, const char *scenario,
			struct compare_runs_error *err)
{
	for (const char *p = plan->kernels; *p; p += *p == ',') {
		struct compare_plan_side side = { .run = true, .scenario = scenario };
		size_t n = strcspn(p, ",");

		snprintf(side.kernel, sizeof(side.kernel), "%.*s", (int)n, p);
		snprintf(side.label, sizeof(side.label), "%s", side.kernel);
		if (!*side.kernel || !add(plan, side, err))
			return *side.kernel ? false
					    : fail(err, CMD_USAGE,
						   "--kernels %s: it should be like 2.4,4.12",
						   options_short(plan->kernels).text);
		p += n;
	}
	return true;
}

static bool add_variants(struct compare_plan *plan, const char *scenario,
			 struct compare_runs_error *err)
{
	for (unsigned i = 0; i < plan->nlists[COMPARE_PLAN_WITH]; i++) {
		struct compare_plan_side side = { .run = true, .scenario = scenario };

		label_with(&side, plan->lists[COMPARE_PLAN_WITH][i]);
		if (!side.with[strspn(side.with, " ")])
			return fail(err, CMD_USAGE, "--with '%s': there is no setting in it",
				    plan->lists[COMPARE_PLAN_WITH][i]);
		if (!add(plan, side, err))
			return false;
	}
	return true;
}

static bool check_options(const struct compare_plan *plan, int n, const char *first,
			  struct compare_runs_error *err)
{
	bool runs = n == 0 || is_scenario(first);

	if (plan->kernels && n > 1)
		return fail(err, CMD_USAGE, "--kernels takes one scenario at most");
	if ((plan->kernels || plan->nlists[COMPARE_PLAN_WITH]) && !runs)
		return fail(err, CMD_USAGE,
			    "%s is a result: --with and --kernels change scenarios",
			    options_short(first).text);
	if (plan->kernels && plan->nlists[COMPARE_PLAN_WITH])
		return fail(err, CMD_USAGE,
			    "give --kernels or --with, which can have kernel=2.4 in it");
	if (n == 0 && !plan->trace && !plan->kernels && !plan->nlists[COMPARE_PLAN_WITH])
		return fail(err, CMD_USAGE,
			    "nothing to compare (see 'pagesim compare --help')");
	return true;
}

bool compare_plan_make(struct compare_plan *plan, char **operands, int n,
		       struct compare_runs_error *err)
{
	const char *first = n ? operands[0] : NULL;
	struct compare_plan_side bare = { .run = true, .label = "as it is" };

	if (!check_options(plan, n, first, err))
		return false;
	if (plan->kernels)
		return add_kernels(plan, first, err) &&
		       (plan->nsides > 1 || fail(err, CMD_USAGE,
						 "one kernel alone: nothing to "
						 "compare it with"));
	if (n == 0 && !add(plan, bare, err))
		return false;
	for (int i = 0; i < n; i++)
		if (!add_operand(plan, operands[i], err))
			return false;
	if (!add_variants(plan, first, err))
		return false;
	return plan->nsides > 1 ||
	       fail(err, CMD_USAGE, "one side alone: nothing to compare it with");
}

/* ---- scenarios ------------------------------------------------------------------------- */

/* Settings with blanks between them; those in brackets may hold blanks. */
static bool set_words(struct scenario *s, const char *words, struct conf_error *err)
{
	char *copy = strdup(words), *start = copy;
	int depth = 0;
	bool ok = copy != NULL;

	for (char *p = copy; ok && p; p++) {
		bool last = !*p;

		depth += (*p == '[' || *p == '{') - (*p == ']' || *p == '}');
		if (!last && (*p != ' ' || depth > 0))
			continue;
		*p = '\0';
		if (*start)
			ok = scenario_set(s, start, err);
		start = p + 1;
		if (last)
			break;
	}
	if (!copy)
		snprintf(err->text, sizeof(err->text), "out of memory");
	free(copy);
	return ok;
}

static bool set_all(const struct compare_plan *plan, const struct compare_plan_side *side,
		    struct scenario *s, struct conf_error *err)
{
	if ((side->scenario && !scenario_read_file(s, side->scenario, err)) ||
	    (plan->trace && !scenario_option(s, "trace", plan->trace, "--trace", err)) ||
	    (plan->machine &&
	     !scenario_option(s, "machine", plan->machine, "--machine", err)) ||
	    (*side->kernel && !scenario_option(s, "kernel", side->kernel, "--kernels", err)))
		return false;
	for (unsigned i = 0; i < plan->nlists[COMPARE_PLAN_SET]; i++)
		if (!scenario_set(s, plan->lists[COMPARE_PLAN_SET][i], err))
			return false;
	return (!side->with || set_words(s, side->with, err)) && scenario_finish(s, err);
}

/* What a pipe holds can be read once, and every run wants all of it. */
static bool can_reread(const struct scenario *s)
{
	return s->workload.kind || !s->trace_path || access(s->trace_path, F_OK) != 0 ||
	       run_open_rereadable(s->trace_path);
}

static struct scenario *scenario_of(const struct compare_plan *plan,
				    const struct compare_plan_side *side,
				    struct compare_runs_error *err)
{
	struct scenario *s = scenario_new();
	struct conf_error failed = { .text = "" };

	if (!s) {
		fail(err, CMD_SYSTEM, "out of memory");
	} else if (!set_all(plan, side, s, &failed)) {
		fail(err, cmd_conf(&failed), "%s", failed.text);
	} else if (!s->trace_path && !s->workload.kind) {
		fail(err, CMD_USAGE,
		     "%s: no trace: give --trace FILE, or 'trace:' in a scenario", side->label);
	} else if (!can_reread(s) || strcmp(s->trace_path ? s->trace_path : "", "-") == 0) {
		fail(err, CMD_USAGE, "%s: a pipe can be read only once: give a file",
		     s->trace_path);
	} else {
		return s;
	}
	scenario_free(s);
	return NULL;
}

/* ---- running --------------------------------------------------------------------------- */

static bool make_temporary(struct compare_plan *plan, struct compare_runs_error *err)
{
	const char *where = getenv("TMPDIR");

	if (asprintf(&plan->temporary, "%s/pagesim-compare-XXXXXX",
		     where && *where ? where : "/tmp") < 0) {
		plan->temporary = NULL;
		return fail(err, CMD_SYSTEM, "out of memory");
	}
	if (mkdtemp(plan->temporary))
		return true;
	fail(err, CMD_SYSTEM, "cannot make the folder %s: %s", plan->temporary,
	     strerror(errno));
	free(plan->temporary);
	plan->temporary = NULL;
	return false;
}

static bool prepare(struct compare_plan *plan, struct compare_run *runs, size_t *n,
		    struct compare_runs_error *err)
{
	for (unsigned i = 0; i < plan->nsides; i++) {
		struct compare_plan_side *side = &plan->sides[i];
		const char *folder = plan->out;

		if (!side->run)
			continue;
		if (!folder && !plan->temporary && !make_temporary(plan, err))
			return false;
		if (asprintf(&side->result, "%s/%s", folder ? folder : plan->temporary,
			     side->label) < 0) {
			side->result = NULL;
			return fail(err, CMD_SYSTEM, "out of memory");
		}
		runs[*n].scenario = scenario_of(plan, side, err);
		if (!runs[*n].scenario)
			return false;
		runs[*n].label = side->label;
		runs[(*n)++].folder = side->result;
	}
	return true;
}

/* Runs make the folder of --out where it is missing; when none of them came to its end, there
 * is nothing to keep it for. */
static bool go(const struct compare_plan *plan, struct compare_run *runs, size_t n,
	       unsigned jobs, struct compare_runs_error *err)
{
	struct stat st;
	bool was_there = plan->out && stat(plan->out, &st) == 0;
	bool ok = compare_runs_go(runs, n, jobs, err);

	if (!ok && plan->out && !was_there)
		rmdir(plan->out); /* does nothing where a result is in it */
	return ok;
}

bool compare_plan_run(struct compare_plan *plan, struct compare_runs_error *err)
{
	struct compare_run runs[COMPARE_SIDES] = { 0 };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned jobs = plan->jobs ? plan->jobs : cpus > 0 ? (unsigned)cpus : 1;
	size_t n = 0;
	bool ok = prepare(plan, runs, &n, err);

	if (ok && n)
		return go(plan, runs, n, jobs, err);
	for (size_t i = 0; i < n; i++)
		scenario_free(runs[i].scenario);
	return ok;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void compare_plan_free(struct compare_plan *plan)
{
	for (unsigned i = 0; i < plan->nsides; i++)
		free(plan->sides[i].result);
	if (plan->temporary)
		nftw(plan->temporary, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(plan->temporary);
	*plan = (struct compare_plan){ 0 };
}
