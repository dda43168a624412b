#include "tools/sweep_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/interrupt.h"
#include "traces/trace_place.h"

static const char schema[] =
	"CREATE TABLE sweep (key TEXT PRIMARY KEY, value TEXT);"
	"CREATE TABLE axis (number INTEGER PRIMARY KEY, key TEXT, unit TEXT);"
	"CREATE TABLE figure (number INTEGER PRIMARY KEY, name TEXT UNIQUE, unit TEXT,"
	" better TEXT, objective INTEGER, of_host INTEGER);"
	"CREATE TABLE point (number INTEGER PRIMARY KEY, id TEXT UNIQUE, status TEXT,"
	" error TEXT, digest TEXT);"
	"CREATE TABLE setting (point INTEGER, axis INTEGER, text TEXT, number REAL,"
	" PRIMARY KEY (point, axis)) WITHOUT ROWID;"
	"CREATE TABLE value (point INTEGER, figure INTEGER, value REAL,"
	" PRIMARY KEY (point, figure)) WITHOUT ROWID;"
	/* A point's settings in one text. */
	"CREATE VIEW point_settings AS SELECT p.number AS point, p.id, p.status,"
	" (SELECT group_concat(key || '=' || text, ' ') FROM"
	"  (SELECT a.key, s.text FROM setting s JOIN axis a ON a.number = s.axis"
	"   WHERE s.point = p.number ORDER BY a.number)) AS settings FROM point p;"
	/* Every figure of every point, with names. */
	"CREATE VIEW results AS SELECT p.point, p.settings, f.name AS figure, f.unit, v.value"
	" FROM value v JOIN figure f ON f.number = v.figure"
	" JOIN point_settings p ON p.point = v.point;"
	/* The ten best points by each objective. */
	"CREATE VIEW best_points AS SELECT * FROM (SELECT f.name AS objective,"
	" rank() OVER (PARTITION BY f.number ORDER BY"
	"  CASE f.better WHEN 'more' THEN -v.value ELSE v.value END) AS place,"
	" v.value, f.unit, p.point, p.settings FROM value v"
	" JOIN figure f ON f.number = v.figure AND f.objective AND f.better <> ''"
	" JOIN point_settings p ON p.point = v.point) WHERE place <= 10;"
	/* What each value of an axis does to a figure, over all values of the others. */
	"CREATE VIEW main_effects AS SELECT f.name AS figure, a.key AS axis, s.text AS setting,"
	" s.number, count(*) AS points, avg(v.value) AS mean, min(v.value) AS min,"
	" max(v.value) AS max, f.unit FROM value v"
	" JOIN figure f ON f.number = v.figure AND NOT f.of_host"
	" JOIN setting s ON s.point = v.point JOIN axis a ON a.number = s.axis"
	" GROUP BY f.number, a.number, s.text ORDER BY f.number, a.number, s.number, s.text;"
	/* Both in the sense that less is better. */
	"CREATE VIEW pareto_value AS SELECT v.point, f.name, f.number,"
	" CASE f.better WHEN 'more' THEN -v.value ELSE v.value END AS cost, v.value"
	" FROM value v JOIN figure f ON f.number = v.figure"
	" WHERE f.objective AND f.better <> '';"
	/* Points that no other one beats in one objective without losing in the other. */
	"CREATE VIEW pareto AS SELECT a.name AS first, b.name AS second, a.value AS "
	"first_value,"
	" b.value AS second_value, p.point, p.settings FROM pareto_value a"
	" JOIN pareto_value b ON b.point = a.point AND b.number > a.number"
	" JOIN point_settings p ON p.point = a.point"
	" WHERE NOT EXISTS (SELECT 1 FROM pareto_value c JOIN pareto_value d"
	"  ON d.point = c.point AND d.number = b.number WHERE c.number = a.number"
	"  AND c.cost <= a.cost AND d.cost <= b.cost AND (c.cost < a.cost OR d.cost < b.cost))"
	" ORDER BY a.number, b.number, a.cost, b.cost, p.point;";

struct sql {
	sqlite3 *db;
	const struct sweep_table *t;
};

static bool run(struct sql *s, const char *text)
{
	return sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK;
}

/* ---- rows ------------------------------------------------------------------------------ */

/* A value to bind: a text, or NULL and a number. */
struct bound {
	const char *text;
	double number;
	bool whole;
};

static struct bound text_of(const char *text)
{
	return (struct bound){ .text = text };
}

static struct bound number_of(size_t n)
{
	return (struct bound){ .number = (double)n, .whole = true };
}

static bool insert(sqlite3_stmt *to, const struct bound *values, int n)
{
	bool ok = true;

	for (int i = 0; ok && i < n; i++) {
		const struct bound *b = &values[i];
		int status;

		if (b->text)
			status = sqlite3_bind_text(to, i + 1, b->text, -1, SQLITE_STATIC);
		else if (b->whole)
			status = sqlite3_bind_int64(to, i + 1, (sqlite3_int64)b->number);
		else if (isnan(b->number))
			status = sqlite3_bind_null(to, i + 1);
		else
			status = sqlite3_bind_double(to, i + 1, b->number);
		ok = status == SQLITE_OK;
	}
	ok = ok && sqlite3_step(to) == SQLITE_DONE;
	return sqlite3_reset(to) == SQLITE_OK && ok;
}

/* Runs put() for each of n rows with a statement of its own. */
static bool fill(struct sql *s, const char *statement, size_t n,
		 bool (*put)(struct sql *s, sqlite3_stmt *to, size_t i))
{
	sqlite3_stmt *to = NULL;
	bool ok = sqlite3_prepare_v2(s->db, statement, -1, &to, NULL) == SQLITE_OK;

	for (size_t i = 0; ok && i < n; i++)
		ok = put(s, to, i);
	return sqlite3_finalize(to) == SQLITE_OK && ok;
}

static bool put_head(struct sql *s, sqlite3_stmt *to, size_t i)
{
	static const char *const keys[] = { "name", "question", "pagesim", "digest" };
	const char *text = json_string_value(json_object_get(s->t->m->head, keys[i]));
	char digest[33];

	if (strcmp(keys[i], "digest") == 0) {
		if (!sweep_table_digest(s->t, digest))
			return false;
		text = digest;
	}
	return insert(to, (struct bound[]){ text_of(keys[i]), text_of(text ? text : "") }, 2);
}

static bool put_axis(struct sql *s, sqlite3_stmt *to, size_t i)
{
	const struct sweep_table_axis *a = &s->t->axes[i];

	return insert(to, (struct bound[]){ number_of(i), text_of(a->key), text_of(a->unit) },
		      3);
}

static bool put_figure(struct sql *s, sqlite3_stmt *to, size_t i)
{
	static const char *const better[] = { "", "less", "more" };
	const struct sweep_table_column *c = &s->t->columns[i];

	return insert(
		to,
		(struct bound[]){ number_of(i), text_of(c->name),
				  text_of(c->kind ? c->kind->unit : ""),
				  text_of(better[c->kind ? c->kind->better : METRIC_NEITHER]),
				  number_of(c->objective != 0), number_of(c->of_host) },
		6);
}

static bool put_point(struct sql *s, sqlite3_stmt *to, size_t i)
{
	static const char *const states[] = { "missing", "done", "failed" };
	const struct sweep_table_row *row = &s->t->rows[i];

	return insert(
		to,
		(struct bound[]){ number_of(i), text_of(row->id), text_of(states[row->state]),
				  text_of(row->error ? row->error : ""), text_of(row->digest) },
		5);
}

static bool put_settings(struct sql *s, sqlite3_stmt *to, size_t i)
{
	const struct sweep_table_row *row = &s->t->rows[i];
	bool ok = true;

	for (size_t a = 0; ok && a < s->t->naxes; a++)
		ok = insert(to,
			    (struct bound[]){ number_of(i),
					      number_of(a),
					      text_of(row->texts[a]),
					      { .number = row->numbers[a] } },
			    4);
	return ok;
}

static bool put_values(struct sql *s, sqlite3_stmt *to, size_t i)
{
	const struct sweep_table_row *row = &s->t->rows[i];
	bool ok = true;

	for (size_t k = 0; ok && k < s->t->ncolumns; k++)
		if (!isnan(row->values[k]))
			ok = insert(to,
				    (struct bound[]){ number_of(i),
						      number_of(k),
						      { .number = row->values[k] } },
				    3);
	return ok;
}

static bool fill_all(struct sql *s)
{
	const struct sweep_table *t = s->t;

	return run(s, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;") &&
	       run(s, schema) && fill(s, "INSERT INTO sweep VALUES (?,?)", 4, put_head) &&
	       fill(s, "INSERT INTO axis VALUES (?,?,?)", t->naxes, put_axis) &&
	       fill(s, "INSERT INTO figure VALUES (?,?,?,?,?,?)", t->ncolumns, put_figure) &&
	       fill(s, "INSERT INTO point VALUES (?,?,?,?,?)", t->nrows, put_point) &&
	       fill(s, "INSERT INTO setting VALUES (?,?,?,?)", t->nrows, put_settings) &&
	       fill(s, "INSERT INTO value VALUES (?,?,?)", t->nrows, put_values) &&
	       run(s, "COMMIT;");
}

/* ---- the file -------------------------------------------------------------------------- */

static bool sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

static volatile sig_atomic_t stopped; /* by that signal */

static void on_signal(int number)
{
	stopped = number;
}

static int is_stopped(void *ctx)
{
	(void)ctx;
	return stopped != 0;
}

static bool write_beside(const char *temporary, const char *path, const struct sweep_table *t,
			 char *text, size_t size)
{
	struct sql s = { .t = t };
	bool ok;

	unlink(temporary);
	ok = sqlite3_open(temporary, &s.db) == SQLITE_OK;
	if (ok) {
		sqlite3_progress_handler(s.db, 1000, is_stopped, NULL);
		ok = fill_all(&s);
	}
	if (!ok)
		snprintf(text, size, "cannot write %s: %s", path, sqlite3_errmsg(s.db));
	sqlite3_close(s.db);
	if (ok && (!sync_file(temporary) || rename(temporary, path) != 0)) {
		snprintf(text, size, "cannot write %s: %s", path, strerror(errno));
		ok = false;
	}
	if (!ok)
		unlink(temporary);
	return ok;
}

/* Who asks us to stop gets that done once nothing is left beside the file. */
bool sweep_sql_write(const char *path, const struct sweep_table *t, char *text, size_t size)
{
	struct interrupt before;
	char *place = trace_place(path), *temporary;
	bool ok;

	if (!place || asprintf(&temporary, "%s.tmp-%ld", place, (long)getpid()) < 0) {
		free(place);
		snprintf(text, size, "out of memory");
		return false;
	}
	stopped = 0;
	interrupt_catch(&before, on_signal);
	ok = write_beside(temporary, place, t, text, size);
	interrupt_release(&before);
	if (stopped)
		raise(stopped);
	free(temporary);
	free(place);
	return ok;
}
