/*
 * Points of a sweep for machines that others hand out: as commands, as a Makeflow, as a Slurm
 * job array. A chunk is what one process does, one point after the other; each is `pagesim
 * sweep point DIR ID...`, and a point that is done already costs it nothing.
 */
#ifndef SWEEP_EXPORT_H
#define SWEEP_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tools/sweep_manifest.h"

struct sweep_export {
	const struct sweep_manifest *m;
	const char *program, *dir; /* absolute, or as they are to stand in the commands */
	size_t *points;            /* [npoints] that have no result, in the manifest's order */
	size_t npoints;
	size_t *ends; /* [nchunks] index into points[] behind each chunk */
	size_t nchunks;
	double longest; /* seconds of the longest chunk, as predicted */
};

/* Finds what has no result and cuts it into chunks of about so many seconds, at this speed; or
 * of so many points, when that is not 0. False when memory is short. */
bool sweep_export_make(struct sweep_export *e, double events_per_second, double seconds,
		       size_t points_of_chunk);
void sweep_export_free(struct sweep_export *e);

/* A line each chunk, as a shell reads it. */
void sweep_export_commands(FILE *out, const struct sweep_export *e);
/* A rule each chunk; the paths of dir have to be relative for workers elsewhere. */
void sweep_export_makeflow(FILE *out, const struct sweep_export *e);

/* An array has at most so many tasks: Slurm's MaxArraySize is 1001 where nobody says anything.
 */
#define SWEEP_EXPORT_SLURM_TASKS ((size_t)1000)

struct sweep_export_slurm {
	const char *name;    /* of the job */
	unsigned at_a_time;  /* 0 = as many as there is room for */
	uint64_t memory_mib; /* of a task */
	const char *list;    /* the file of sweep_export_list() */
};

/* The ids of each chunk in a line, for the job script's tasks. */
void sweep_export_list(FILE *out, const struct sweep_export *e);
/* Tasks of the array that begins behind so many of them: at most SWEEP_EXPORT_SLURM_TASKS. */
size_t sweep_export_slurm_tasks(const struct sweep_export *e, size_t begin);
/* Whether a job script can name the folder: a line of it that sbatch reads cannot hold control
 * characters, ", \ or %. */
bool sweep_export_slurm_can(const struct sweep_export *e);
/* What sbatch takes: the first array of chunks. Further ones are the same with an --array of
 * their own, and as the script's argument how many tasks come before it. */
void sweep_export_slurm(FILE *out, const struct sweep_export *e,
			const struct sweep_export_slurm *o);

#endif
