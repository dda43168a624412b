/*
 * Numbers out of lines of text. Unlike sscanf() and strtoull() none is cut or wrapped when it
 * does not fit its type: a number out of range is like one that is not there.
 */
#ifndef TRACE_SCAN_H
#define TRACE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The digits at *text, 0 to `most`, and moves *text behind them. False, and nothing has moved,
 * when there are none or the number is larger: no sign, no blanks, no "0x". base is 10 or 16.
 */
bool trace_scan_number(const char **text, unsigned base, uint64_t most, uint64_t *v);
/* The same of a decimal number that may have a '-', `least` to `most`. */
bool trace_scan_signed(const char **text, int64_t least, int64_t most, int64_t *v);
/* The whole text is a decimal number, 0 to `most`. */
bool trace_scan_whole(const char *text, uint64_t most, uint64_t *v);

/*
 * What follows in `text` behind what `format` says, NULL when it says something else. In a
 * format a blank is any number of blanks and tabs, also none; %u an unsigned, %d an int, %l a
 * uint64_t, %x a uint64_t in hexadecimal; each argument points to its number. Anything else
 * stands for itself. Numbers read before the difference are set.
 */
const char *trace_scan(const char *text, const char *format, ...);

#endif
