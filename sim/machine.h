/*
 * The modelled machine: nodes, CPUs, memory, distances, latencies. Plain numbers, checked as
 * a whole when it is made; made from YAML (machine_yaml.c) or put together by a tool (a
 * trace's header).
 */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/conf.h"
#include "sim/device.h"

#define SIM_MAX_CPUS 1024
#define SIM_MAX_NODES 64
#define SIM_MAX_CMA 64
#define SIM_MAX_LOADED 32 /* points of a loaded-latency curve */
#define SIM_FRAME_BYTES 4096
#define SIM_MAX_FRAMES (UINT64_C(1) << 34) /* 64 TiB of addresses */

enum sim_arch { SIM_ARCH_X86_64, SIM_ARCH_I386 };

struct sim_span {
	uint64_t start, end; /* frames of 4 KiB, end exclusive */
};

struct sim_zone {
	uint16_t nid;
	char name[12];
	uint64_t start, end; /* frames */
};

/* Memory for large contiguous requests of drivers (4.12): blocks of the largest order, inside
 * one zone. */
struct sim_cma {
	uint16_t nid;
	uint64_t start, end; /* frames */
};

struct sim_cache {
	uint64_t size_bytes;
	uint32_t ways;
	uint32_t line_bytes;
	uint32_t latency_milli; /* 1/1000 cycles */
	uint32_t shared_by;     /* CPUs that share one */
	bool present;
};

/* A disk as a kernel sees it: a part of a drive. */
struct sim_machine_disk {
	bool present;
	char name[SIM_DEVICE_NAME];        /* of the drive; may be empty */
	struct sim_device_figures figures; /* of the drive */
	uint64_t start_bytes, size_bytes;  /* the part; multiples of a frame */
};

struct sim_machine {
	char *name, *source;
	enum sim_arch arch;
	uint64_t clock_mhz;
	unsigned cpus, nodes; /* nodes = highest node id + 1 */
	uint16_t *cpu_node;   /* [cpus] */
	bool *node_online;    /* [nodes] */
	uint8_t *slit;        /* [nodes * nodes] */
	struct sim_zone *zones;
	unsigned nzones;
	struct sim_span *holes, *reserved; /* ascending */
	unsigned nholes, nreserved;
	struct sim_cma *cma; /* in the order in which a kernel activates them */
	unsigned ncma;

	struct sim_cache l1, l2, llc;
	uint64_t *dram_ps;                  /* [nodes * nodes], load-to-use, picoseconds */
	uint64_t c2c_same_ps, c2c_other_ps; /* dirty line: same socket, other socket */
	/* 0 = not given: between CPUs that share the last-level cache as c2c_same_ps; from
	 * another socket, of memory of the reader's socket, as c2c_other_ps (memory of the
	 * writer's). */
	uint64_t c2c_llc_ps, c2c_reader_ps;
	uint64_t atomic_cycles;
	uint64_t node_bandwidth_mbs, link_bandwidth_mbs; /* 10^6 bytes/s; 0 = not given */
	unsigned nloaded;                                /* loaded-latency curve */
	struct {
		uint32_t load_milli, factor_milli;
	} * loaded;
	struct {
		uint64_t context_switch, wake_up, ipi;
	} sched_cycles;
	uint64_t hz; /* 0 = the kernel's own default */
	struct sim_machine_disk swap, data;
	bool one_drive; /* data lies behind swap on the same drive: one disk serves both */
};

/*
 * A machine without memory: all CPUs on node 0, no node online, distances 10 and 20, and the
 * latencies of a generic two-socket server at 2600 MHz. NULL when memory is short.
 */
struct sim_machine *sim_machine_new(unsigned cpus, unsigned nodes);

/* NULL on failure; err says where in the file. Freed with sim_machine_free(). */
struct sim_machine *sim_machine_load(const char *path, struct conf_error *err);
/* The same from a node of a bigger file (a scenario's inline machine). */
struct sim_machine *sim_machine_read(struct conf_node map, struct conf_error *err);
/* Puts a map of figures (clock, caches, latencies, ...; not nodes and memory) over those m has.
 */
bool sim_machine_amend(struct sim_machine *m, struct conf_node map, struct conf_error *err);
void sim_machine_free(struct sim_machine *m);
/* Makes m->slit from the usual distances: `local` on the diagonal, `remote` elsewhere. */
void sim_machine_distances(struct sim_machine *m, uint8_t local, uint8_t remote);
/* Whole-machine checks that need no file position; false and a sentence in text. */
bool sim_machine_check(const struct sim_machine *m, char *text, size_t size);

/* A machine's disks as devices, NULL where it has none; with one_drive parts of the same. */
struct sim_machine_drives {
	struct sim_disk *swap, *data;
	struct sim_disk *drive[2]; /* what they are parts of */
};
/* False when memory is short; to be closed all the same. */
bool sim_machine_disks_open(const struct sim_machine *m, struct sim_machine_drives *out);
void sim_machine_disks_close(struct sim_machine_drives *drives);

/* What /proc/zoneinfo calls spanned, present (no holes), managed (and not reserved). */
struct sim_zone_frames {
	uint64_t spanned, present, managed;
};
struct sim_zone_frames sim_machine_zone_frames(const struct sim_machine *m, unsigned zone);

/* (picoseconds * mhz + 500000) / 1000000, in 128 bits: to the nearest cycle. */
uint64_t sim_machine_cycles(const struct sim_machine *m, uint64_t picoseconds);

/* Cycles that a latency (dram_ns, c2c_ns), and clearing or copying a page, have at most: what
 * load, distance and the number of pages make of them still fits. */
#define SIM_MACHINE_MOST_LATENCY (UINT32_MAX / 1024)

#endif
