/*
 * Numbers with units in sweep files, as a scenario would understand them: what two of them have
 * to be compared, spaced out and put into tables by.
 */
#ifndef SWEEP_NUMBER_H
#define SWEEP_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sweep_number_kind {
	SWEEP_NUMBER_NONE,    /* a word, a path, a list */
	SWEEP_NUMBER_PLAIN,   /* in 1/1000 */
	SWEEP_NUMBER_PERCENT, /* in 1/1000 % */
	SWEEP_NUMBER_SIZE,    /* in bytes */
	SWEEP_NUMBER_TIME,    /* in ns */
};

struct sweep_number {
	enum sweep_number_kind kind;
	uint64_t value;
};

/* Of a text by itself; kind NONE when it is no number. */
struct sweep_number sweep_number_parse(const char *text);
/* Of the value of a YAML path: a bare number has the unit of its parameter (vm.*, cost.*),
 * where that is a size or a time. */
struct sweep_number sweep_number_of(const char *key, const char *text);
/* The unit that values of a YAML path have in tables, "" = none: a parameter's own, else B for
 * sizes, ns for times, %. */
const char *sweep_number_unit(const char *key, enum sweep_number_kind kind);
/* The number in that unit. */
double sweep_number_in_unit(const char *key, struct sweep_number n);

/* The text that a scenario reads as this number. */
void sweep_number_print(struct sweep_number n, char *text, size_t size);

#endif
