#include "tools/sweep_export.h"

#include <stdlib.h>
#include <string.h>

#include "tools/sweep_estimate.h"
#include "tools/sweep_store.h"

#define START_SECONDS 0.02 /* of a point besides its events */
#define TIME_FACTOR 4      /* a limit is that much above what is predicted */
#define LEAST_MINUTES 5

/* ---- chunks ---------------------------------------------------------------------------- */

static bool find_missing(struct sweep_export *e)
{
	char text[SWEEP_STORE_TEXT];

	e->points = calloc(e->m->npoints + 1, sizeof(*e->points));
	e->ends = calloc(e->m->npoints + 1, sizeof(*e->ends));
	for (size_t i = 0; e->points && e->ends && i < e->m->npoints; i++)
		if (sweep_store_look(e->dir, e->m->points[i].id, NULL, text) !=
		    SWEEP_STORE_DONE)
			e->points[e->npoints++] = i;
	return e->points && e->ends;
}

bool sweep_export_make(struct sweep_export *e, double events_per_second, double seconds,
		       size_t points_of_chunk)
{
	double taken = 0;
	size_t begin = 0;

	if (!find_missing(e))
		return false;
	for (size_t i = 0; i < e->npoints; i++) {
		double events = (double)sweep_estimate_events(e->m, e->points[i]);

		taken += START_SECONDS;
		taken += events_per_second > 0 ? events / events_per_second : seconds;
		e->longest = taken > e->longest ? taken : e->longest;
		if (i + 1 < e->npoints &&
		    (points_of_chunk ? i + 1 - begin < points_of_chunk : taken < seconds))
			continue;
		e->ends[e->nchunks++] = begin = i + 1;
		taken = 0;
	}
	return true;
}

void sweep_export_free(struct sweep_export *e)
{
	free(e->points);
	free(e->ends);
}

static size_t chunk_begin(const struct sweep_export *e, size_t chunk)
{
	return chunk ? e->ends[chunk - 1] : 0;
}

/* ---- texts ----------------------------------------------------------------------------- */

/* As one word of a shell's. */
static void put_word(FILE *out, const char *word)
{
	if (*word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789_-./+:,@") == strlen(word)) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", out);
		else
			fputc(*word, out);
	fputc('\'', out);
}

static void put_ids(FILE *out, const struct sweep_export *e, size_t chunk)
{
	for (size_t i = chunk_begin(e, chunk); i < e->ends[chunk]; i++)
		fprintf(out, " %s", e->m->points[e->points[i]].id);
}

static void put_command(FILE *out, const struct sweep_export *e, size_t chunk)
{
	put_word(out, e->program);
	fputs(" sweep point --quiet ", out);
	put_word(out, e->dir);
	put_ids(out, e, chunk);
	fputc('\n', out);
}

void sweep_export_commands(FILE *out, const struct sweep_export *e)
{
	for (size_t c = 0; c < e->nchunks; c++)
		put_command(out, e, c);
}

void sweep_export_makeflow(FILE *out, const struct sweep_export *e)
{
	for (size_t c = 0; c < e->nchunks; c++) {
		for (size_t i = chunk_begin(e, c); i < e->ends[c]; i++) {
			const char *id = e->m->points[e->points[i]].id;

			fprintf(out, "%s/points/%.2s/%s.json ", e->dir, id, id);
		}
		fprintf(out, ": %s/manifest.jsonl\n\t", e->dir);
		put_command(out, e, c);
		fputc('\n', out);
	}
}

void sweep_export_list(FILE *out, const struct sweep_export *e)
{
	for (size_t c = 0; c < e->nchunks; c++) {
		put_ids(out, e, c);
		fputc('\n', out);
	}
}

size_t sweep_export_slurm_tasks(const struct sweep_export *e, size_t begin)
{
	size_t left = e->nchunks - begin;

	return left < SWEEP_EXPORT_SLURM_TASKS ? left : SWEEP_EXPORT_SLURM_TASKS;
}

bool sweep_export_slurm_can(const struct sweep_export *e)
{
	for (const char *c = e->dir; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f || strchr("\"\\%", *c))
			return false;
	return true;
}

void sweep_export_slurm(FILE *out, const struct sweep_export *e,
			const struct sweep_export_slurm *o)
{
	double minutes = e->longest * TIME_FACTOR / 60;

	fprintf(out, "#!/bin/sh\n#SBATCH --job-name=%s\n#SBATCH --array=1-%zu", o->name,
		sweep_export_slurm_tasks(e, 0));
	if (o->at_a_time)
		fprintf(out, "%%%u", o->at_a_time);
	fprintf(out,
		"\n#SBATCH --requeue\n#SBATCH --open-mode=append\n#SBATCH --ntasks=1\n"
		"#SBATCH --cpus-per-task=1\n#SBATCH --mem=%lluM\n#SBATCH --time=%.0f\n",
		(unsigned long long)o->memory_mib,
		minutes < LEAST_MINUTES ? LEAST_MINUTES : minutes + 1);
	/* sbatch takes blanks and ' in quotes; for the rest see sweep_export_slurm_can(). */
	fprintf(out,
		strpbrk(e->dir, " '") ? "#SBATCH --output=\"%s/slurm-%%A_%%a.log\"\n"
				      : "#SBATCH --output=%s/slurm-%%A_%%a.log\n",
		e->dir);
	fputs("# A line of the list for each task: the points that it does. $1: tasks of "
	      "arrays "
	      "before.\n"
	      "# shellcheck disable=SC2046\nexec ",
	      out);
	put_word(out, e->program);
	fputs(" sweep point --quiet ", out);
	put_word(out, e->dir);
	fputs(" $(sed -n \"$((SLURM_ARRAY_TASK_ID + ${1:-0}))p\" ", out);
	put_word(out, o->list);
	fputs(")\n", out);
}
