/* How to get the same result again, and how to see that it is the same. */
#include <string.h>

#include "tools/report_html.h"
#include "tools/report_page.h"

/* One word of a shell's command line, whatever is in it. */
static void put_word(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./:=,+@";
	char one[2] = { 0 };

	if (*word && !word[strspn(word, plain)]) {
		report_html_text(out, word);
		return;
	}
	fputs("&#39;", out);
	for (; *word; word++) {
		one[0] = *word;
		if (*word == '\'')
			fputs("&#39;\\&#39;&#39;", out);
		else if ((unsigned char)*word < 128)
			report_html_text(out, one);
		else
			fputc(*word, out); /* a part of a character */
	}
	fputs("&#39;", out);
}

static void put_option(FILE *out, const char *option, const char *value)
{
	fprintf(out, " %s ", option);
	put_word(out, value);
}

/* The scenario holds all others. */
static bool is_file(const char *start)
{
	return *start && strcmp(start, "boot") != 0 && strcmp(start, "trace") != 0 &&
	       strcmp(start, "age") != 0;
}

static void put_command(struct report_page *p, const struct report_run *run)
{
	const char *trace = report_page_text(run->json, "inputs.trace.path");
	const char *start = report_page_text(run->json, "inputs.start");
	FILE *out = p->out;

	if (p->options->no_files && run->passing) {
		fputs("<p class=\"none\">Neither the result nor its scenario was kept.</p>\n",
		      out);
		return;
	}
	fputs("<pre class=\"command\">", out);
	if (p->options->no_files) {
		fputs("jq .scenario ", out);
		put_word(out, run->folder ? run->folder : ".");
		fputs("/result.json &gt;scenario.json\npagesim run scenario.json", out);
	} else {
		fputs("pagesim run ", out);
		put_word(out,
			 report_page_words(p, "%s/%s", p->files, report_rerun_name(p, run)));
	}
	if (*trace)
		put_option(out, "--trace", trace);
	if (is_file(start))
		put_option(out, "--start", start);
	fputs(" --out again\n", out);
	if (run->folder && !run->passing) {
		fputs("pagesim check --baseline ", out);
		put_word(out, run->folder);
		fputs(" again\n", out);
	}
	fputs("</pre>\n", out);
}

const char *report_rerun_name(struct report_page *p, const struct report_run *run)
{
	return p->nruns == 1
		       ? "scenario.json"
		       : report_page_words(p, "scenario-%c.json", 'a' + (int)(run - p->runs));
}

static void put_fact(FILE *out, const char *what, const char *value)
{
	if (!*value)
		return;
	report_html_row(out);
	report_html_cell(out, "%s", what);
	fputs("<td class=\"value\">", out);
	report_html_text(out, value);
}

static void put_facts(struct report_page *p, const struct report_run *run)
{
	static const char *const heads[] = { "what", "value", NULL };
	static const struct {
		const char *what, *path;
	} facts[] = {
		{ "digest of the result", "result_digest" },
		{ "trace", "inputs.trace.path" },
		{ "digest of the trace", "inputs.trace.digest" },
		{ "started from", "inputs.start" },
		{ "kernel", "kernel" },
		{ "pagesim", "pagesim" },
		{ "engine", "engine.mode" },
	};
	double seconds = json_number_value(report_page_at(run->json, "host.wall_seconds"));
	double rate = json_number_value(report_page_at(run->json, "host.events_per_second"));

	report_html_table(p->out, heads);
	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++)
		put_fact(p->out, facts[i].what, report_page_text(run->json, facts[i].path));
	put_fact(p->out, "time on this host",
		 report_page_words(p, "%.2f s, %.2f million events a second", seconds,
				   rate / 1e6));
	report_html_table_end(p->out);
}

void report_rerun(struct report_page *p)
{
	fputs("<p>The same scenario and trace give the same digest on every machine. Start "
	      "these commands where the run was started:</p>\n",
	      p->out);
	for (unsigned i = 0; i < p->nruns; i++) {
		report_page_run(p, &p->runs[i]);
		put_command(p, &p->runs[i]);
		put_facts(p, &p->runs[i]);
	}
}
