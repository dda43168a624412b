/* What the files of libpagesim share: see tools/pagesim.h. */
#ifndef PAGESIM_CORE_H
#define PAGESIM_CORE_H

#include "tools/pagesim.h"
#include "tools/scenario.h"

/* Fills *err in; always false, so that a check reads: return pagesim_fail(err, ...). */
bool pagesim_fail(struct pagesim_error *err, enum pagesim_status status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool pagesim_no_memory(struct pagesim_error *err);

/* The file that is meant (tools/installed.h), the caller's to free. NULL when memory is short.
 */
char *pagesim_path(const char *given, const char *folder, struct pagesim_error *err);

/* The machine as a text that a scenario takes. */
const char *pagesim_machine_text(const struct pagesim_machine *machine);

/* What comes from a run: three texts, each ending in a 0 that its size does not count. */
struct pagesim_texts {
	char *json, *hlog, *summary;
	size_t json_size, hlog_size, summary_size;
};
void pagesim_child_drop(struct pagesim_texts *texts);

struct pagesim_child {
	struct scenario *scenario; /* not finished; it stays as it is */
	const char *out;           /* NULL = no files */
	pagesim_progress *progress;
	void *context;
};
/* Runs it in a process of its own. The texts are the caller's. */
bool pagesim_child_run(const struct pagesim_child *child, struct pagesim_texts *texts,
		       struct pagesim_error *err);

/* Takes over the texts, also when it fails. */
struct pagesim_result *pagesim_result_make(struct pagesim_texts *texts,
					   struct pagesim_error *err);

#endif
