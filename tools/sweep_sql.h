/*
 * A sweep's table as an SQLite file; docs/sweeps.md has the schema and its views.
 */
#ifndef SWEEP_SQL_H
#define SWEEP_SQL_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/sweep_table.h"

/* Replaces the file by rename. False and a sentence. */
bool sweep_sql_write(const char *path, const struct sweep_table *t, char *text, size_t size);

#endif
