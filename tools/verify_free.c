#include "tools/verify_free.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/cmd.h"
#include "tools/verify_free_rows.h"
#include "tools/verify_free_run.h"

/* ---- in a process of its own --------------------------------------------------------------
 */

static bool send_all(int fd, const void *data, size_t size)
{
	for (const char *at = data; size;) {
		ssize_t n = write(fd, at, size);

		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

static bool receive_all(int fd, void *data, size_t size)
{
	for (char *at = data; size;) {
		ssize_t n = read(fd, at, size);

		if (n <= 0)
			return false;
		at += n;
		size -= (size_t)n;
	}
	return true;
}

static bool lost(struct verify_free *v, const char *name)
{
	v->error.status = CMD_SYSTEM;
	snprintf(v->error.text, sizeof(v->error.text),
		 "%s: its replay, a process of its own, ended early", name);
	return false;
}

/* A process can run one simulation; more runs, settings and recordings are to come. What the
 * child sends points at constants only, which are where they are here. */
static bool run_once(struct verify_free *v, const struct verify_free_request *q, int jitter)
{
	int fd[2], status = 0;
	bool ok;
	pid_t child;

	*v = (struct verify_free){ 0 };
	if (pipe(fd))
		return lost(v, q->name);
	fflush(NULL);
	child = fork();
	if (child == 0) {
		close(fd[0]);
		verify_free_run(v, q, jitter);
		_exit(send_all(fd[1], v, sizeof(*v)) ? 0 : 1);
	}
	close(fd[1]);
	ok = child > 0 && receive_all(fd[0], v, sizeof(*v));
	close(fd[0]);
	if (child > 0)
		waitpid(child, &status, 0);
	if (!ok || status)
		return lost(v, q->name);
	return v->error.status == 0;
}

/* ---- several runs -------------------------------------------------------------------------
 */

static int compare_values(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return a < b ? -1 : a > b;
}

static void take_medians(struct verify_free *v, int64_t (*values)[VERIFY_FREE_MOST_RUNS],
			 unsigned runs)
{
	v->runs = runs;
	for (unsigned i = 0; i < v->nrows; i++) {
		qsort(values[i], runs, sizeof(values[i][0]), compare_values);
		v->rows[i].least = values[i][0];
		v->rows[i].most = values[i][runs - 1];
		verify_free_rows_set(v, v->rows[i].name, values[i][runs / 2]);
	}
}

bool verify_free(struct verify_free *v, const struct verify_free_request *q)
{
	static int64_t values[VERIFY_FREE_ROWS][VERIFY_FREE_MOST_RUNS];
	struct verify_free other;

	if (!run_once(v, q, 0))
		return false;
	for (unsigned k = 0; k < q->runs; k++) {
		/* 0, then 5, -5, 10, -10, ... */
		int jitter = (int)((k + 1) / 2 * 5) * (k % 2 ? 1 : -1);

		other = *v;
		if (k && !run_once(&other, q, jitter)) {
			v->error = other.error;
			return false;
		}
		for (unsigned i = 0; i < v->nrows; i++)
			values[i][k] = other.rows[i].simulated;
	}
	take_medians(v, values, q->runs);
	return true;
}
