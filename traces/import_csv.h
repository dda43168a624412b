/*
 * Recordings of other tools: rows of comma-separated values below a line that names the
 * columns, docs/trace-import.md. What import_csv.c (lines, columns) and import_csv_fields.c
 * (a row's event) share.
 */
#ifndef IMPORT_CSV_H
#define IMPORT_CSV_H

#include "traces/import.h"

enum import_csv_column {
	IMPORT_CSV_TIME_NS,
	IMPORT_CSV_TIME_TICKS,
	IMPORT_CSV_CPU,
	IMPORT_CSV_PID,
	IMPORT_CSV_EVENT,
	IMPORT_CSV_PFN,
	IMPORT_CSV_ORDER,
	IMPORT_CSV_GFP,
	IMPORT_CSV_COMM,
	IMPORT_CSV_MIGRATETYPE,
	IMPORT_CSV_FLAGS,
	IMPORT_CSV_TEXT,
	IMPORT_CSV_VALUE0, /* to VALUE0 + 3 */
	IMPORT_CSV_COLUMNS = IMPORT_CSV_VALUE0 + 4
};

extern const char *const import_csv_names[IMPORT_CSV_COLUMNS];

/* A column without text: the row has none, or the file has no such column. */
struct import_csv_cell {
	const char *at;
	size_t len;
};

/* "# gfp 0x100 __GFP_ZERO" */
struct import_csv_gfp {
	uint64_t bits;
	char name[40];
};

#define IMPORT_CSV_GFPS 64

struct import_csv {
	struct import_source *s;
	struct import_csv_gfp gfp[IMPORT_CSV_GFPS];
	unsigned ngfp;
	struct trace_error *err;
};

/* Decimal, or hexadecimal behind 0x; a minus in front gives the two's complement. */
bool import_csv_fields_number(const char *p, size_t len, uint64_t *v);
/* Takes a row's event; cells by column. */
bool import_csv_fields(struct import_csv *c, const struct import_csv_cell *cells);

#endif
