/*
 * Text and tables of an HTML page. Whatever comes from a result passes through
 * report_html_text(), which leaves nothing that a browser could take for markup.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <stdint.h>
#include <stdio.h>

/* <, >, &, quotes become entities, control characters spaces, bytes that are no UTF-8 '?'. */
void report_html_text(FILE *out, const char *text);
/* printf whose result is text, not markup; cut off after 2,000 bytes. */
void report_html_say(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A table in a box that scrolls by itself when it is wider than the page; heads ends with
 * NULL. */
void report_html_table(FILE *out, const char *const *heads);
void report_html_table_end(FILE *out);
void report_html_row(FILE *out);
/* Cells: a text at the left, a number at the right. */
void report_html_cell(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void report_html_figure(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void report_html_count(FILE *out, uint64_t n); /* 1,234,567 */

/* The folded part of a page: what stands in the line that opens it. */
void report_html_fold(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void report_html_fold_end(FILE *out);

struct report_html_digits {
	char text[32];
};
/* 1,234,567: use it as report_html_digits(n).text. */
struct report_html_digits report_html_digits(uint64_t n);
/* "4.754 s", "312 us" */
struct report_html_digits report_html_time(double seconds);
/* Pages as "476 MiB", "2.1 GiB" */
struct report_html_digits report_html_size(uint64_t pages);
/* A share in percent that says 0 and 100 only when it is: "99.99 %", "< 0.01 %" */
struct report_html_digits report_html_share(uint64_t part, uint64_t all);

#endif
