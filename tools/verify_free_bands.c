#include "tools/verify_free_bands.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "tools/cmd.h"
#include "tools/verify_free_rows.h"
#include "traces/trace_scan.h"

#define MOST_FIELDS 128
#define MOST_LINE 8192

/* Rows under the names of the file. */
static const struct {
	const char *row, *column;
} names[] = {
	{ "allocstall", "allocstall_sum" },
	{ "pgscan_kswapd", "pgscan_kswapd" },
	{ "pgscan_direct", "pgscan_direct" },
	{ "pgsteal_kswapd", "pgsteal_kswapd" },
	{ "pgsteal_direct", "pgsteal_direct" },
	{ "pswpin", "pswpin" },
	{ "pswpout", "pswpout" },
	{ "pgmajfault", "pgmajfault" },
	{ "pageoutrun", "pageoutrun" },
	{ "kswapd_wakeups", "ev_wakeup_kswapd" },
	{ "kswapd_low_wmark_hit_quickly", "kswapd_low_wmark_hit_quickly" },
	{ "kswapd_high_wmark_hit_quickly", "kswapd_high_wmark_hit_quickly" },
	{ "workingset_refault", "workingset_refault" },
	{ "compact_stall", "compact_stall" },
	{ "nr_free_pages", "nr_free_pages_end" },
};

static bool fail(struct verify_free_bands *b, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static bool fail(struct verify_free_bands *b, int status, const char *fmt, ...)
{
	va_list ap;

	b->error.status = status;
	va_start(ap, fmt);
	vsnprintf(b->error.text, sizeof(b->error.text), fmt, ap);
	va_end(ap);
	return false;
}

/* ---- reading ------------------------------------------------------------------------------
 */

/* Splits at commas, in place. */
static unsigned split(char *line, char *field[MOST_FIELDS])
{
	unsigned n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	for (char *at = line; at && n < MOST_FIELDS;) {
		field[n++] = at;
		at = strchr(at, ',');
		if (at)
			*at++ = '\0';
	}
	return n;
}

/* The band that a column belongs to, and which of its three values it is; -1 = none. */
static int column_of(struct verify_free_bands *b, const char *field, unsigned *which)
{
	static const char *const ends[] = { "_min", "_median", "_max" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t len = strlen(names[i].column);

		if (strncmp(field, names[i].column, len) != 0)
			continue;
		for (*which = 0; *which < 3; ++*which)
			if (strcmp(field + len, ends[*which]) == 0)
				break;
		if (*which == 3)
			continue;
		for (unsigned c = 0; c < b->ncolumns; c++)
			if (strcmp(b->column[c], names[i].column) == 0)
				return (int)c;
		if (b->ncolumns == VERIFY_FREE_BANDS_COLUMNS)
			return -1;
		snprintf(b->column[b->ncolumns], sizeof(b->column[0]), "%s", names[i].column);
		return (int)b->ncolumns++;
	}
	return -1;
}

#define MOST_VALUE (INT64_C(1) << 52)

/* A number with at most one decimal, in tenths. */
static bool number(const char *text, int64_t *tenths)
{
	if (!trace_scan_signed(&text, -MOST_VALUE, MOST_VALUE, tenths))
		return false;
	*tenths *= 10;
	if (*text == '.' && text[1] >= '0' && text[1] <= '9') {
		*tenths += text[1] - '0';
		text += 2;
	}
	return *text == '\0';
}

static bool read_setting(struct verify_free_bands *b, char *field[MOST_FIELDS], unsigned n,
			 const int *column, const unsigned *which)
{
	struct verify_free_setting *s = &b->setting[b->nsettings];

	if (b->nsettings == VERIFY_FREE_BANDS_SETTINGS || !strchr(field[0], '='))
		return false;
	snprintf(s->name, sizeof(s->name), "%s", field[0]);
	for (unsigned i = 1; i < n; i++) {
		struct verify_free_band *band;
		int64_t v;

		if (column[i] < 0)
			continue;
		if (!number(field[i], &v))
			return false;
		band = &s->band[column[i]];
		band->there = true;
		*(which[i] == 0   ? &band->min
		  : which[i] == 1 ? &band->median
				  : &band->max) = which[i] == 1 ? v : v / 10;
	}
	b->nsettings++;
	return true;
}

static bool read_lines(struct verify_free_bands *b, const char *path, FILE *in)
{
	char line[MOST_LINE], *field[MOST_FIELDS];
	int column[MOST_FIELDS];
	unsigned which[MOST_FIELDS], n = 0, number_of_line = 1;

	if (fgets(line, sizeof(line), in)) {
		n = split(line, field);
		for (unsigned i = 0; i < n; i++)
			column[i] = column_of(b, field[i], &which[i]);
	}
	if (!n || strcmp(field[0], "setting") != 0 || !b->ncolumns)
		return fail(b, CMD_BAD_DATA,
			    "%s:1: no bands: expected \"setting\" and columns NAME_min, "
			    "NAME_median, NAME_max of counters",
			    path);
	while (fgets(line, sizeof(line), in)) {
		number_of_line++;
		if (split(line, field) != n || !read_setting(b, field, n, column, which))
			return fail(b, CMD_BAD_DATA,
				    "%s:%u: expected a setting \"name=value\" and a number in "
				    "each column",
				    path, number_of_line);
	}
	return b->nsettings || fail(b, CMD_BAD_DATA, "%s: no setting in it", path);
}

bool verify_free_bands_read(struct verify_free_bands *b, const char *path)
{
	FILE *in = fopen(path, "r");
	bool ok;

	*b = (struct verify_free_bands){ 0 };
	if (!in)
		return fail(b, CMD_BAD_DATA, "%s: cannot be opened", path);
	ok = read_lines(b, path, in);
	fclose(in);
	return ok;
}

/* ---- settings -----------------------------------------------------------------------------
 */

bool verify_free_bands_set(const struct verify_free_setting *s, char *text, size_t size)
{
	bool kib = strncmp(s->name, "min_free_kbytes=", 16) == 0;
	int n = snprintf(text, size, "vm.%s%s", s->name, kib ? "KiB" : "");

	return n > 0 && (size_t)n < size;
}

struct verify_free_setting *verify_free_bands_given(struct verify_free_bands *b,
						    const char *const *sets, unsigned nsets)
{
	char text[128];

	for (unsigned i = 0; i < b->nsettings; i++)
		for (unsigned k = 0; k < nsets; k++)
			if (verify_free_bands_set(&b->setting[i], text, sizeof(text)) &&
			    strcmp(sets[k], text) == 0)
				return &b->setting[i];
	return NULL;
}

void verify_free_bands_take(struct verify_free_bands *b, struct verify_free_setting *s,
			    const struct verify_free *v)
{
	s->done = true;
	for (unsigned c = 0; c < b->ncolumns; c++)
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
			const struct verify_free_row *row;

			if (strcmp(names[i].column, b->column[c]) != 0)
				continue;
			row = verify_free_rows_find(v, names[i].row);
			s->band[c].simulated_there = s->band[c].there;
			s->band[c].simulated = row ? row->simulated : 0;
		}
}

/* ---- judging ------------------------------------------------------------------------------
 */

static bool is_inside(const struct verify_free_band *b)
{
	return b->simulated >= b->min && b->simulated <= b->max;
}

/* The real kernel always counts less under `a` than under `b`. */
static bool resolved(const struct verify_free_band *a, const struct verify_free_band *b)
{
	return a->simulated_there && b->simulated_there && a->max < b->min;
}

/* Calls each(ctx, column, less, more, right) for every ordering that the bands resolve. */
static void each_ordering(const struct verify_free_bands *b,
			  void (*each)(void *ctx, unsigned column,
				       const struct verify_free_setting *less,
				       const struct verify_free_setting *more, bool right),
			  void *ctx)
{
	for (unsigned c = 0; c < b->ncolumns; c++)
		for (unsigned i = 0; i < b->nsettings; i++)
			for (unsigned k = 0; k < b->nsettings; k++) {
				const struct verify_free_setting *less = &b->setting[i],
								 *more = &b->setting[k];

				if (resolved(&less->band[c], &more->band[c]))
					each(ctx, c, less, more,
					     less->band[c].simulated < more->band[c].simulated);
			}
}

struct tally {
	const struct verify_free_bands *b;
	unsigned right, wrong;
	bool print;
};

static void count_ordering(void *ctx, unsigned column, const struct verify_free_setting *less,
			   const struct verify_free_setting *more, bool right)
{
	struct tally *t = ctx;

	t->right += right;
	t->wrong += !right;
	if (t->print && !right)
		printf("  wrong: %s is less under %s than under %s (simulated %" PRId64
		       ", %" PRId64 ")\n",
		       t->b->column[column], less->name, more->name,
		       less->band[column].simulated, more->band[column].simulated);
}

static unsigned outside(const struct verify_free_bands *b)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->nsettings; i++)
		for (unsigned c = 0; c < b->ncolumns; c++)
			n += b->setting[i].band[c].simulated_there &&
			     !is_inside(&b->setting[i].band[c]);
	return n;
}

unsigned verify_free_bands_misses(const struct verify_free_bands *b)
{
	struct tally t = { .b = b };

	each_ordering(b, count_ordering, &t);
	return outside(b) + t.wrong;
}

/* ---- output -------------------------------------------------------------------------------
 */

static void print_setting(const struct verify_free_bands *b,
			  const struct verify_free_setting *s)
{
	printf("%s\n  %-30s %9s %11s %9s %10s\n", s->name, "counter", "least", "median", "most",
	       "simulated");
	for (unsigned c = 0; c < b->ncolumns; c++) {
		const struct verify_free_band *band = &s->band[c];

		if (band->simulated_there)
			printf("  %-30s %9" PRId64 " %9" PRId64 ".%" PRId64 " %9" PRId64
			       " %10" PRId64 "  %s\n",
			       b->column[c], band->min, band->median / 10, band->median % 10,
			       band->max, band->simulated,
			       is_inside(band) ? "inside" : "OUTSIDE");
	}
}

void verify_free_bands_text(const struct verify_free_bands *b)
{
	struct tally t = { .b = b, .print = true };
	unsigned all = 0;

	for (unsigned i = 0; i < b->nsettings; i++) {
		if (!b->setting[i].done)
			continue;
		print_setting(b, &b->setting[i]);
		for (unsigned c = 0; c < b->ncolumns; c++)
			all += b->setting[i].band[c].simulated_there;
	}
	printf("%u of %u values inside the real kernel's bands\n", all - outside(b), all);
	each_ordering(b, count_ordering, &t);
	if (t.right + t.wrong)
		printf("%u of %u orderings that the bands resolve are right\n", t.right,
		       t.right + t.wrong);
}

static json_t *setting_json(const struct verify_free_bands *b,
			    const struct verify_free_setting *s)
{
	json_t *all = json_object();

	for (unsigned c = 0; c < b->ncolumns; c++) {
		const struct verify_free_band *band = &s->band[c];

		if (band->simulated_there)
			json_object_set_new(all, b->column[c],
					    json_pack("{s:I, s:I, s:I, s:I, s:b}", "min",
						      (json_int_t)band->min, "median_tenths",
						      (json_int_t)band->median, "max",
						      (json_int_t)band->max, "simulated",
						      (json_int_t)band->simulated, "inside",
						      is_inside(band)));
	}
	return all;
}

json_t *verify_free_bands_json(const struct verify_free_bands *b)
{
	struct tally t = { .b = b };
	json_t *settings = json_object();

	for (unsigned i = 0; i < b->nsettings; i++)
		if (b->setting[i].done)
			json_object_set_new(settings, b->setting[i].name,
					    setting_json(b, &b->setting[i]));
	each_ordering(b, count_ordering, &t);
	return json_pack("{s:o, s:i, s:i, s:i}", "settings", settings, "outside",
			 (int)outside(b), "orderings", (int)(t.right + t.wrong),
			 "orderings_right", (int)t.right);
}
