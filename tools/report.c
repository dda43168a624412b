#include "tools/report.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/interrupt.h"
#include "tools/outdir.h"
#include "tools/report_html.h"
#include "tools/report_page.h"
#include "tools/report_style.h"

static const struct {
	const char *id, *title;
	void (*write)(struct report_page *p);
} sections[] = {
	{ "headline", "What happened", report_words },
	{ "summary", "Summary", report_summary },
	{ "orders", "Which orders could be had", report_orders },
	{ "blockers", "What blocks large blocks", report_blockers },
	{ "latency", "Latency percentiles", report_latency },
	{ "histograms", "Latency by class and part", report_histograms },
	{ "fragmentation", "Free memory by order", report_memory_orders },
	{ "unusable", "Unusable index", report_memory_unusable },
	{ "pagemap", "Page map", report_map },
	{ "watermarks", "Free pages and watermarks", report_marks },
	{ "locks", "Lock waits", report_locks },
	{ "configuration", "Configuration", report_config },
	{ "rerun", "Run it again", report_rerun },
};

#define SECTIONS (sizeof(sections) / sizeof(*sections))

/* ---- the page, with marks where plots go ------------------------------------------------ */

static void put_title(struct report_page *p)
{
	if (p->options->title) {
		report_html_text(p->out, p->options->title);
		return;
	}
	for (unsigned i = 0; i < p->nruns; i++)
		report_html_say(p->out, "%s%s", i ? ", " : "", p->runs[i].name);
}

static void put_link(struct report_page *p, const char *id, const char *title)
{
	fprintf(p->out, "<a href=\"#%s\">%s</a>\n", id, title);
}

/* No script runs in the page, not even one that came in as somebody's name. */
static void put_head(struct report_page *p)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	      "<title>pagesim: ",
	      p->out);
	put_title(p);
	fprintf(p->out, "</title>\n<style>\n%s</style></head><body>\n<h1>", report_style);
	put_title(p);
	fputs("</h1>\n<p class=\"sub\">", p->out);
	for (unsigned i = 0; i < p->nruns; i++)
		report_html_say(p->out, "%s%s%sLinux %s on %s, trace %s", i ? "; " : "",
				p->nruns > 1 ? p->runs[i].name : "", p->nruns > 1 ? ": " : "",
				p->runs[i].kernel, p->runs[i].machine,
				report_page_text(p->runs[i].json, "inputs.trace.name"));
	fputs("</p>\n<nav>", p->out);
	for (size_t i = 0; i < SECTIONS; i++) {
		put_link(p, sections[i].id, sections[i].title);
		if (i == 0 && p->options->section)
			put_link(p, p->options->section->id, p->options->section->title);
	}
	fputs("</nav>\n", p->out);
}

static void begin_section(struct report_page *p, const char *id, const char *title)
{
	fprintf(p->out, "<section id=\"%s\"><h2>%s</h2>\n", id, title);
}

static void put_callers_section(struct report_page *p, const struct report_section *section)
{
	begin_section(p, section->id, section->title);
	section->write(p->out, section->ctx);
	fputs("</section>\n", p->out);
}

static void put_sections(struct report_page *p)
{
	for (size_t i = 0; i < SECTIONS; i++) {
		begin_section(p, sections[i].id, sections[i].title);
		sections[i].write(p);
		fputs("</section>\n", p->out);
		if (i == 0 && p->options->section)
			put_callers_section(p, p->options->section);
	}
	fputs("<p class=\"sub\">Written by pagesim " PAGESIM_VERSION ".", p->out);
	if (*p->files)
		report_html_say(p->out, " The numbers and scripts of all plots are in %s.",
				p->files);
	fputs("</p>\n</body></html>\n", p->out);
}

/* The caller frees the text; NULL when memory is short. */
static char *make_body(struct report_page *p)
{
	char *body = NULL;
	size_t size = 0;

	p->out = open_memstream(&body, &size);
	if (!p->out)
		return NULL;
	put_head(p);
	put_sections(p);
	if (fclose(p->out) != 0 || p->failed) {
		free(body);
		return NULL;
	}
	return body;
}

/* ---- plots take their places ------------------------------------------------------------ */

static bool put_picture(const struct report_page *p, unsigned nth, const char *folder,
			FILE *out)
{
	char *text = report_svg_read(folder, p->plots[nth].name, p->plots[nth].title);

	if (text)
		fputs(text, out);
	free(text);
	return text != NULL;
}

static bool put_page(const struct report_page *p, const char *body, const char *folder,
		     FILE *out)
{
	const char *mark;

	while ((mark = strchr(body, REPORT_PAGE_MARK))) {
		fwrite(body, 1, (size_t)(mark - body), out);
		if (!put_picture(p, (unsigned)((mark[1] - 'a') * 26 + mark[2] - 'a'), folder,
				 out))
			return false;
		body = mark + 4;
	}
	return fputs(body, out) >= 0;
}

/* ---- files ------------------------------------------------------------------------------ */

static bool write_scenarios(struct report_page *p, const char *folder, char *text, size_t size)
{
	struct outdir *d = outdir_new(folder, text, size);
	bool ok = d != NULL;

	for (unsigned i = 0; d && i < p->nruns; i++) {
		FILE *out = outdir_file(d, report_rerun_name(p, &p->runs[i]));
		const json_t *scenario = report_page_at(p->runs[i].json, "scenario");

		if (out && scenario) {
			json_dumpf(scenario, out, JSON_SORT_KEYS | JSON_INDENT(1));
			fputc('\n', out);
		}
	}
	ok = ok && outdir_commit(d, text, size);
	outdir_free(d);
	return ok;
}

static bool write_to_stdout(const struct report_page *p, const char *body, const char *folder,
			    char *text, size_t size)
{
	if (put_page(p, body, folder, stdout) && fflush(stdout) == 0)
		return true;
	snprintf(text, size, "cannot write the report: %s", strerror(errno));
	return false;
}

static bool write_to_file(const struct report_page *p, const char *body, const char *folder,
			  const char *path, char *text, size_t size)
{
	const char *slash = strrchr(path, '/');
	char *parent = slash ? strndup(path, (size_t)(slash - path + 1)) : strdup(".");
	struct outdir *d = parent ? outdir_new(parent, text, size) : NULL;
	FILE *out = d ? outdir_file(d, slash ? slash + 1 : path) : NULL;
	bool ok = d != NULL;

	if (!parent)
		snprintf(text, size, "out of memory");
	/* That the disk is full is told below. */
	if (out && !put_page(p, body, folder, out) && !ferror(out)) {
		snprintf(text, size, "cannot read the plots of %s: %s", folder,
			 strerror(errno));
		ok = false;
	}
	ok = ok && outdir_commit(d, text, size);
	outdir_free(d);
	free(parent);
	return ok;
}

/* Plots that are not kept have a folder for as long as it takes. */
static char *make_folder(const struct report_page *p, const char *path, char *text, size_t size)
{
	const char *where = getenv("TMPDIR");
	char *folder = NULL;

	if (!p->options->no_files) {
		if (asprintf(&folder, "%.*s.files",
			     (int)(strlen(path) -
				   (strlen(path) > 5 && strcmp(path + strlen(path) - 5,
							       ".html") == 0
					    ? 5
					    : 0)),
			     path) >= 0)
			return folder;
	} else if (asprintf(&folder, "%s/pagesim-report.XXXXXX",
			    where && *where ? where : "/tmp") >= 0) {
		if (mkdtemp(folder))
			return folder;
		snprintf(text, size, "cannot make a folder for the plots: %s", strerror(errno));
		free(folder);
		return NULL;
	}
	snprintf(text, size, "out of memory");
	return NULL;
}

static void drop_folder(const struct report_page *p, const char *folder)
{
	static const char *const ends[] = { "dat", "gp", "svg" };
	char *path;

	for (unsigned i = 0; i < p->nplots; i++)
		for (size_t k = 0; k < sizeof(ends) / sizeof(*ends); k++) {
			if (asprintf(&path, "%s/%s.%s", folder, p->plots[i].name, ends[k]) < 0)
				continue;
			unlink(path);
			free(path);
		}
	rmdir(folder);
}

static volatile sig_atomic_t caught; /* the signal that came, 0 = none */

static void on_signal(int number)
{
	caught = number;
}

/* A folder takes so many files at a time. */
#define PLOTS_AT_ONCE 80u

static bool draw_plots(const struct report_page *p, const char *folder, char *text, size_t size)
{
	for (unsigned done = 0; done < p->nplots; done += PLOTS_AT_ONCE) {
		unsigned left = p->nplots - done;

		if (caught ||
		    !plot_write(folder, &p->plots[done],
				left < PLOTS_AT_ONCE ? left : PLOTS_AT_ONCE, text, size))
			return false;
	}
	return true;
}

static bool draw_and_write(struct report_page *p, const char *path, const char *folder,
			   char *text, size_t size)
{
	char *body = make_body(p);
	bool ok = body != NULL;

	if (!body)
		snprintf(text, size, "out of memory");
	ok = ok && draw_plots(p, folder, text, size);
	ok = ok && (p->options->no_files || write_scenarios(p, folder, text, size));
	if (ok && strcmp(path, "-") == 0)
		ok = write_to_stdout(p, body, folder, text, size);
	else
		ok = ok && write_to_file(p, body, folder, path, text, size);
	free(body);
	return ok;
}

/* A folder of plots that are not kept goes, whatever ends the work. */
static bool draw_in_folder(struct report_page *p, const char *path, char *folder, char *text,
			   size_t size)
{
	struct interrupt before;
	bool ok;

	caught = 0;
	interrupt_catch(&before, on_signal);
	ok = draw_and_write(p, path, folder, text, size);
	if (p->options->no_files)
		drop_folder(p, folder);
	interrupt_release(&before);
	free(folder);
	if (caught)
		raise(caught);
	return ok;
}

/* Known before plots are drawn beside it. */
static bool is_folder(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool report_write(const char *path, const struct report_input *in, unsigned n,
		  const struct report_options *options, char *text, size_t size)
{
	struct report_options chosen = options ? *options : (struct report_options){ 0 };
	struct report_run runs[REPORT_MOST];
	struct report_page *p = calloc(1, sizeof(*p));
	char *folder = NULL;
	bool ok = p != NULL;

	if (is_folder(path)) {
		snprintf(text, size, "cannot write %s: %s", path, strerror(EISDIR));
		free(p);
		return false;
	}
	snprintf(text, size, "out of memory");
	chosen.no_files = chosen.no_files || strcmp(path, "-") == 0 || outdir_is_device(path);
	if (p) {
		p->options = &chosen;
		p->runs = runs;
		p->nruns = n < REPORT_MOST ? n : REPORT_MOST;
		p->files = "";
	}
	for (unsigned i = 0; ok && i < p->nruns; i++)
		ok = report_load(p, &runs[i], &in[i]);
	if (ok)
		folder = make_folder(p, path, text, size);
	if (folder && !chosen.no_files)
		p->files = folder;
	ok = folder && draw_in_folder(p, path, folder, text, size);
	if (p)
		report_page_free(p);
	free(p);
	return ok;
}
