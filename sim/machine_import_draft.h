/*
 * Inside sim/: what the importers of machine_import.h have found so far. They fill it in,
 * machine_import_draft.c completes and checks it, machine_import_yaml.c writes it down.
 */
#ifndef SIM_MACHINE_IMPORT_DRAFT_H
#define SIM_MACHINE_IMPORT_DRAFT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/machine.h"
#include "sim/machine_import.h"
#include "sim/span.h"

#define SIM_MACHINE_IMPORT_REMARKS 64
#define SIM_MACHINE_IMPORT_ZONES (4 * SIM_MAX_NODES)

struct sim_machine_import_node {
	bool there;
	uint64_t bytes;              /* of memory, where no ranges are known */
	struct sim_span_list memory; /* ranges, in frames */
};

struct sim_machine_import_draft {
	const char *path; /* what errors name */
	char name[64], source[256];
	char how[64]; /* who tells nodes and CPUs: "numactl -H" */
	bool i386;
	unsigned clock_mhz; /* 0 = not told */
	char clock_how[64];
	struct sim_machine_import_node node[SIM_MAX_NODES];
	int16_t cpu_node[SIM_MAX_CPUS]; /* by the source's numbers; -1 = no such CPU */
	bool has_slit;
	uint8_t slit[SIM_MAX_NODES][SIM_MAX_NODES]; /* 0 = not told */
	bool has_caches;                            /* what is not present is not there */
	struct sim_cache cache[3];
	/* Instead of the nodes' memory: zones as a kernel made them. */
	struct sim_zone zone[SIM_MACHINE_IMPORT_ZONES];
	unsigned nzones;
	struct sim_span_list holes, reserved;
	char memory_how[64], reserved_how[64];
	char *remark[SIM_MACHINE_IMPORT_REMARKS];
	unsigned nremarks;
	struct sim_machine_import_error *err;
};

/* NULL when memory is short (err says so). Freed with _free(). */
struct sim_machine_import_draft *
sim_machine_import_draft_new(const char *path, const char *name,
			     struct sim_machine_import_error *err);
void sim_machine_import_draft_free(struct sim_machine_import_draft *d);

/* Always false, so that a check reads: return ..._fail(d, line, "..."). Line 0 = none. */
bool sim_machine_import_draft_fail(struct sim_machine_import_draft *d, unsigned line,
				   const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool sim_machine_import_draft_memory(struct sim_machine_import_draft *d);
/* A sentence for the head of the file; those past SIM_MACHINE_IMPORT_REMARKS are dropped. */
void sim_machine_import_draft_remark(struct sim_machine_import_draft *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A CPU of a node; false and an error when it is on another one or the number is too high. */
bool sim_machine_import_draft_cpu(struct sim_machine_import_draft *d, unsigned line,
				  uint64_t cpu, unsigned node);
/* A distance as the firmware tells it. 255, out of reach, becomes 254. */
bool sim_machine_import_draft_distance(struct sim_machine_import_draft *d, unsigned line,
				       unsigned from, unsigned to, uint64_t value);
/* Level 1 to 3; ways 0 = not told, made to fit the size. */
bool sim_machine_import_draft_cache(struct sim_machine_import_draft *d, unsigned line,
				    unsigned level, uint64_t bytes, uint64_t ways,
				    uint64_t shared_by);

/* The text of the machine file, NULL when the draft makes none. */
char *sim_machine_import_draft_text(struct sim_machine_import_draft *d);

/* The clock out of a processor's name, "... @ 2.60GHz", in MHz; 0 = none in it. */
unsigned sim_machine_import_draft_clock(const char *model);

/* Writes everything to out; `cpu` are the CPUs' numbers in the file, -1 = none. */
void sim_machine_import_yaml(const struct sim_machine_import_draft *d, const int16_t *cpu,
			     FILE *out);

/* ---- reading (machine_import_file.c) ---- */

/* A whole file of at most 64 MiB, with a NUL behind it; "-" is stdin. NULL and errno. */
char *sim_machine_import_file(const char *path, size_t *size);
/* NULL, and errno as an error about that file. */
char *sim_machine_import_file_failed(const char *path, struct sim_machine_import_error *err);
/* A number at *at, which then stands behind it; false when there is none, or above 2^63. */
bool sim_machine_import_file_number(const char **at, uint64_t *out);
/* "0-3,8": each to item(); false when the text is no such list (whole is NULL) or item() says
 * so. Spaces at the ends do not matter; an empty text is an empty list. */
bool sim_machine_import_file_list(const char *text, uint64_t most,
				  bool (*item)(void *ctx, uint64_t n), void *ctx);

#endif
