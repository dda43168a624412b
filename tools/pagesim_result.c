#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/hist_log.h"
#include "tools/metric.h"
#include "tools/pagesim_core.h"
#include "tools/result_read.h"
#include "tools/run.h"

#define MOST_SUMMARY (1u << 20) /* bytes that are read of a summary.txt */

struct pagesim_result {
	struct result_read read; /* json, digest */
	struct sim_hist_log log;
	struct metric_list *list;
	struct pagesim_metric *metrics; /* [list->n] */
	char *json, *summary;
};

void pagesim_result_free(struct pagesim_result *result)
{
	if (!result)
		return;
	result_read_close(&result->read);
	sim_hist_log_free(&result->log);
	metric_list_free(result->list);
	free(result->metrics);
	free(result->json);
	free(result->summary);
	free(result);
}

_Static_assert((int)PAGESIM_LESS == (int)METRIC_LESS && (int)PAGESIM_MORE == (int)METRIC_MORE,
	       "better is the same");

static bool make_metrics(struct pagesim_result *r)
{
	r->list = metric_list_new(r->read.json);
	if (r->list)
		r->metrics = calloc(r->list->n + 1, sizeof(*r->metrics));
	for (size_t i = 0; r->metrics && i < r->list->n; i++) {
		const struct metric *m = &r->list->metrics[i];

		r->metrics[i] = (struct pagesim_metric){
			.name = m->name,
			.unit = m->kind->unit,
			.value = m->value,
			.better = (enum pagesim_better)m->kind->better,
			.of_host = m->of_host,
		};
	}
	return r->metrics != NULL;
}

/* ---- of a run -------------------------------------------------------------------------- */

static bool read_texts(struct pagesim_result *r, const struct pagesim_texts *x,
		       struct pagesim_error *err)
{
	json_t *json = json_loadb(x->json, x->json_size, 0, NULL);
	FILE *log = fmemopen(x->hlog, x->hlog_size, "r");
	struct result_read_error bad;
	struct sim_hist_log_error bad_log;
	bool ok = json && log;

	if (!ok)
		pagesim_no_memory(err);
	else if (!result_read_json(json, "result", &r->read, &bad))
		ok = pagesim_fail(err, (enum pagesim_status)bad.status, "%s", bad.text);
	else if (!sim_hist_log_read(log, "latency", &r->log, &bad_log))
		ok = pagesim_fail(err, PAGESIM_SYSTEM, "%s", bad_log.text);
	if (log)
		fclose(log);
	json_decref(json);
	return ok;
}

struct pagesim_result *pagesim_result_make(struct pagesim_texts *texts,
					   struct pagesim_error *err)
{
	struct pagesim_result *r = calloc(1, sizeof(*r));
	bool ok = r ? read_texts(r, texts, err) : pagesim_no_memory(err);

	if (ok && !make_metrics(r))
		ok = pagesim_no_memory(err);
	if (ok) {
		r->json = texts->json;
		r->summary = texts->summary;
		texts->json = texts->summary = NULL;
	}
	pagesim_child_drop(texts);
	if (ok)
		return r;
	pagesim_result_free(r);
	return NULL;
}

/* ---- of a folder ----------------------------------------------------------------------- */

static bool make_json(struct pagesim_result *r)
{
	size_t size;
	FILE *out = open_memstream(&r->json, &size);
	bool ok = out && run_write_json(out, r->read.json);

	return out && fclose(out) == 0 && ok;
}

/* A result can do without. */
static bool read_summary(struct pagesim_result *r)
{
	char *path = NULL;
	FILE *in = NULL;

	r->summary = calloc(1, MOST_SUMMARY);
	if (r->read.folder && asprintf(&path, "%s/summary.txt", r->read.folder) < 0)
		return false;
	if (path)
		in = fopen(path, "r");
	if (in && r->summary)
		r->summary[fread(r->summary, 1, MOST_SUMMARY - 1, in)] = '\0';
	if (in)
		fclose(in);
	free(path);
	return r->summary != NULL;
}

static bool open_result(struct pagesim_result *r, const char *path, struct pagesim_error *err)
{
	struct result_read_error bad;
	bool there;

	if (!result_read_open(path, &r->read, &bad) ||
	    !result_read_log(&r->read, &r->log, &there, &bad))
		return pagesim_fail(err, (enum pagesim_status)bad.status, "%s", bad.text);
	return (make_json(r) && read_summary(r) && make_metrics(r)) || pagesim_no_memory(err);
}

struct pagesim_result *pagesim_result_open(const char *path, struct pagesim_error *err)
{
	struct pagesim_result *r = calloc(1, sizeof(*r));
	char *found = pagesim_path(path, NULL, err);
	bool ok = found && (r ? open_result(r, found, err) : pagesim_no_memory(err));

	free(found);
	if (ok)
		return r;
	pagesim_result_free(r);
	return NULL;
}

/* ---- looking at it --------------------------------------------------------------------- */

const char *pagesim_result_digest(const struct pagesim_result *result)
{
	return result->read.digest;
}

const char *pagesim_result_json(const struct pagesim_result *result)
{
	return result->json;
}

const char *pagesim_result_summary(const struct pagesim_result *result)
{
	return result->summary;
}

bool pagesim_result_metric(const struct pagesim_result *result, const char *name, double *value,
			   struct pagesim_error *err)
{
	const struct metric *m = metric_find(result->list, name);
	const char *near = m ? NULL : metric_nearest(result->list, name);

	if (m)
		*value = m->value;
	else if (near)
		pagesim_fail(err, PAGESIM_USAGE,
			     "the result has no figure '%.200s', did you mean '%.200s'?", name,
			     near);
	else
		pagesim_fail(err, PAGESIM_USAGE, "the result has no figure '%.200s'", name);
	return m != NULL;
}

const struct pagesim_metric *pagesim_result_metric_at(const struct pagesim_result *result,
						      size_t i)
{
	return i < result->list->n ? &result->metrics[i] : NULL;
}

const struct pagesim_histogram *pagesim_result_histogram(const struct pagesim_result *result,
							 const char *name)
{
	const struct sim_hist_log_entry *e = sim_hist_log_find(&result->log, name);

	return e ? (const struct pagesim_histogram *)e->hist : NULL;
}

const char *pagesim_result_histogram_name(const struct pagesim_result *result, size_t i)
{
	return i < result->log.n ? result->log.entries[i].tag : NULL;
}
