#include "sim/hist_log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/hist_pack.h"

#define VERSION "#[Histogram log format version "
#define VERSION_KNOWN "1.3]"
#define UNIT "#[unit: cycles at "

void sim_hist_log_begin(FILE *out, uint64_t clock_mhz)
{
	fprintf(out,
		VERSION VERSION_KNOWN
		"\n"
		"#[StartTime: 0.000 (seconds since epoch), in simulated time]\n"
		"#[BaseTime: 0.000 (seconds since epoch)]\n" UNIT "%" PRIu64 " MHz]\n"
		"\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
		"\"Interval_Compressed_Histogram\"\n",
		clock_mhz);
}

bool sim_hist_log_put(FILE *out, const char *tag, uint64_t end_ms, const struct sim_hist *h)
{
	char *word = sim_hist_pack(h);

	if (!word)
		return false;
	fprintf(out, "Tag=%s,0.000,%" PRIu64 ".%03u,%" PRIu64 ".000,%s\n", tag, end_ms / 1000,
		(unsigned)(end_ms % 1000), sim_hist_max(h), word);
	free(word);
	return true;
}

/* ---- reading --------------------------------------------------------------------------- */

struct reader {
	const char *name;
	uint64_t line;
	struct sim_hist_log *log;
	size_t room;
	struct sim_hist_log_error *err;
};

__attribute__((format(printf, 3, 4))) static bool fail(struct reader *r, bool system,
						       const char *fmt, ...)
{
	char why[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	r->err->system = system;
	if (system)
		snprintf(r->err->text, sizeof(r->err->text), "%s: %s", r->name, why);
	else
		snprintf(r->err->text, sizeof(r->err->text), "%s:%" PRIu64 ": %s", r->name,
			 r->line, why);
	return false;
}

/* Digits at *at, at most `most`; behind them *at stands then. */
static bool read_digits(const char **at, uint64_t most, uint64_t *value)
{
	const char *from = *at;

	for (*value = 0; **at >= '0' && **at <= '9'; ++*at) {
		uint64_t digit = (uint64_t)(**at - '0');

		if (*value > (most - digit) / 10)
			return false;
		*value = *value * 10 + digit;
	}
	return *at != from;
}

/* Seconds with or without decimals up to the next comma, as whole milliseconds. */
static bool read_seconds(const char **at, uint64_t *ms)
{
	uint64_t seconds, scale = 100;

	if (!read_digits(at, UINT64_MAX / 1000 - 1, &seconds))
		return false;
	*ms = seconds * 1000;
	if (**at == '.') {
		if (*++*at == ',')
			return false;
		for (; **at >= '0' && **at <= '9'; ++*at, scale /= 10)
			*ms += (uint64_t)(**at - '0') * scale;
	}
	return *(*at)++ == ',';
}

static bool starts(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

/* Comments say nothing that has to be known, but for these two. */
static bool read_comment(struct reader *r, const char *line)
{
	const char *at;
	uint64_t number;

	if (starts(line, VERSION)) {
		at = line + strlen(VERSION);
		/* Of one length, and letters in the order of their versions. */
		if (strlen(at) != strlen(VERSION_KNOWN) || !starts(at, "1.") || at[2] < '0' ||
		    strcmp(at, VERSION_KNOWN) > 0)
			return fail(r, false, "a log format other than 1.0 to 1.3");
	} else if (starts(line, UNIT)) {
		at = line + strlen(UNIT);
		if (!read_digits(&at, UINT32_MAX, &number) || strcmp(at, " MHz]") != 0 ||
		    number == 0)
			return fail(r, false, "the unit should read \"cycles at N MHz\"");
		r->log->clock_mhz = number;
	}
	return true;
}

static struct sim_hist_log_entry *append(struct reader *r)
{
	struct sim_hist_log *log = r->log;

	if (log->n == r->room) {
		size_t room = r->room ? 2 * r->room : 64;
		struct sim_hist_log_entry *entries =
			realloc(log->entries, room * sizeof(*entries));

		if (!entries)
			return NULL;
		log->entries = entries;
		r->room = room;
	}
	log->entries[log->n] = (struct sim_hist_log_entry){ 0 };
	return &log->entries[log->n++];
}

static bool read_tag(struct reader *r, const char **at, struct sim_hist_log_entry *e)
{
	const char *from = *at, *comma = NULL;

	if (starts(from, "Tag=")) {
		from += strlen("Tag=");
		comma = strchr(from, ',');
		if (!comma || comma == from)
			return fail(r, false, "a tag without a name or a comma behind it");
		*at = comma + 1;
	}
	e->tag = strndup(from, comma ? (size_t)(comma - from) : 0);
	return e->tag || fail(r, true, "out of memory");
}

static bool read_histogram(struct reader *r, const char *line)
{
	struct sim_hist_log_entry *e;
	const char *at = line, *problem;
	uint64_t most;

	if (r->log->n == SIM_HIST_LOG_MOST)
		return fail(r, false, "more than %d histograms", SIM_HIST_LOG_MOST);
	e = append(r);
	if (!e)
		return fail(r, true, "out of memory");
	if (!read_tag(r, &at, e))
		return false;
	/* The largest value is in the histogram, too, and here in a unit of the writer's. */
	if (!read_seconds(&at, &e->start_ms) || !read_seconds(&at, &e->length_ms) ||
	    !read_seconds(&at, &most))
		return fail(
			r, false,
			"a histogram's line should begin with its start, its length and its "
			"largest value");
	e->hist = sim_hist_pack_read(at, strlen(at), &problem);
	if (!e->hist)
		return fail(r, problem == sim_hist_code_no_memory,
			    problem == sim_hist_code_no_memory ? "%s" : "the histogram %s",
			    problem);
	return true;
}

static bool read_line(struct reader *r, char *line, size_t length)
{
	if (strlen(line) != length)
		return fail(r, false, "a NUL byte");
	if (length == 0 || line[length - 1] != '\n')
		return fail(r, false, "the log ends within a line");
	line[--length] = '\0';
	if (length && line[length - 1] == '\r')
		line[--length] = '\0';
	if (*line == '#')
		return read_comment(r, line);
	/* The legend and empty lines. */
	return *line == '"' || *line == '\0' || read_histogram(r, line);
}

bool sim_hist_log_read(FILE *in, const char *name, struct sim_hist_log *log,
		       struct sim_hist_log_error *err)
{
	struct reader r = { .name = name, .log = log, .err = err };
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	bool ok = true;

	*log = (struct sim_hist_log){ 0 };
	while (ok && (errno = 0, length = getline(&line, &room, in)) >= 0) {
		r.line++;
		ok = read_line(&r, line, (size_t)length);
	}
	if (ok && (ferror(in) || errno))
		ok = fail(&r, true, "%s", strerror(errno ? errno : EIO));
	free(line);
	if (!ok)
		sim_hist_log_free(log);
	return ok;
}

void sim_hist_log_free(struct sim_hist_log *log)
{
	for (size_t i = 0; i < log->n; i++) {
		free(log->entries[i].tag);
		sim_hist_free(log->entries[i].hist);
	}
	free(log->entries);
	*log = (struct sim_hist_log){ 0 };
}

const struct sim_hist_log_entry *sim_hist_log_find(const struct sim_hist_log *log,
						   const char *tag)
{
	for (size_t i = 0; i < log->n; i++)
		if (strcmp(log->entries[i].tag, tag) == 0)
			return &log->entries[i];
	return NULL;
}
