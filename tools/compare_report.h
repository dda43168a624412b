/*
 * A comparison as a page: pagesim report's, of all its sides over each other, with what stands
 * out of the comparison above all else and the table of differences as a section.
 */
#ifndef COMPARE_REPORT_H
#define COMPARE_REPORT_H

#include "tools/compare.h"
#include "tools/report.h"

struct compare_report_error {
	int status; /* of the program */
	char text[1280];
};

/*
 * Writes the page of at most REPORT_MOST sides to `path`, "-" is stdout. The folders that
 * results were read from still have to be there. all = every figure that differs, every
 * sentence. False when a latency.hlog is damaged, where report_write() fails, and on a signal
 * (status 130); then no page is left or changed.
 */
bool compare_report(const char *path, const struct compare *c, bool all,
		    struct compare_report_error *err);

#endif
