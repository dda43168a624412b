/* What `sweep export` and `sweep submit` share. */
#ifndef CMD_SWEEP_EXPORT_H
#define CMD_SWEEP_EXPORT_H

#include "tools/cmd_sweep.h"
#include "tools/sweep_export.h"

#define CMD_SWEEP_EXPORT_SECONDS 300 /* of a chunk */

struct cmd_sweep_export_request {
	const struct options_spec *spec;
	const char *output;
	bool makeflow, dry_run, quiet;
	bool always_measured; /* how fast points are, also where chunks are counted */
	double seconds;
	uint64_t points, limit;
	uint64_t memory_kib; /* of the largest point */
};

/* For options_parse(), of both commands. */
bool cmd_sweep_export_option(void *ctx, const struct options_row *row, const char *value);
/* Chunks of what is missing. An exit status. */
int cmd_sweep_export_make(struct cmd_sweep_export_request *q, struct sweep_export *e);
/* What put() writes. The caller frees it; NULL after an error, which is told. */
char *cmd_sweep_export_text(const struct cmd_sweep_export_request *q,
			    const struct sweep_export *e,
			    void (*put)(FILE *out, const struct sweep_export *e));
/* Writes a file, whole or not at all. Takes over the text, which may be NULL after an error. */
int cmd_sweep_export_write(const struct cmd_sweep_export_request *q, const char *path,
			   char *text);
/* Opens the folder, with an absolute path if that is asked for, and acts on it. */
int cmd_sweep_export_go(struct cmd_sweep_export_request *q, const char *dir, bool absolute,
			int (*act)(struct cmd_sweep_export_request *q, struct sweep_export *e));

/* What `sweep submit` does, for `sweep resume --slurm` as well; fills in q->always_measured. */
int cmd_sweep_submit_missing(struct cmd_sweep_export_request *q, const char *dir);

#endif
