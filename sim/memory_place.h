/*
 * The machine as the memory models see it: what a line costs by the place it comes from, who
 * shares what, where memory is at home, how busy each node's memory is. Internal to
 * sim/memory*.c; the first member of every model.
 */
#ifndef SIM_MEMORY_PLACE_H
#define SIM_MEMORY_PLACE_H

#include "sim/memory.h"
#include "sim/memory_load.h"

#define SIM_MEMORY_LINE_BYTES 64u
#define SIM_MEMORY_PAGE_LINES (SIM_FRAME_BYTES / SIM_MEMORY_LINE_BYTES)

enum { SIM_MEMORY_L1, SIM_MEMORY_L2, SIM_MEMORY_LLC, SIM_MEMORY_LEVELS };

/* A line that is not in the kernel's pages: its cell and the node of its memory. */
struct sim_memory_line {
	uint32_t cell;
	uint16_t node;
	bool known; /* its node is */
};

struct sim_memory_kind_lines {
	struct sim_memory_line *line; /* [n], by key */
	uint64_t n;
	uint32_t locked; /* what a write takes above a hit: cycles of an atomic operation */
};

/*
 * A cell of `reuse` and `cache`, from its highest bit on: state (2 bits), the CPU that owns the
 * line (as many bits as the machine's CPUs need), a number (the rest, 20 bits or more).
 * Zero: nobody has touched the line.
 */
#define SIM_MEMORY_OWNED UINT32_C(0x40000000)   /* one CPU has it, changed as a rule */
#define SIM_MEMORY_SHARED UINT32_C(0x80000000)  /* read by others of the owner's socket */
#define SIM_MEMORY_SOCKETS UINT32_C(0xc0000000) /* read by others of any socket */
#define SIM_MEMORY_STATE UINT32_C(0xc0000000)

struct sim_memory_span {
	uint64_t end; /* frames; begins where the one before ends */
	uint16_t node;
};

struct sim_memory_cpu_place {
	uint16_t node, socket;
	uint16_t llc; /* number of its last-level cache */
};

struct sim_memory_place {
	struct sim_memory base;
	unsigned cpus, nodes, nllc;
	uint32_t lines[SIM_MEMORY_LEVELS]; /* a cache's lines, 0 = there is none */
	uint32_t ways[SIM_MEMORY_LEVELS];
	uint32_t cycles[SIM_MEMORY_LEVELS]; /* of a hit */
	uint32_t transfer_llc, transfer_same, transfer_other, transfer_reader;
	uint32_t *dram;      /* [nodes * nodes] */
	unsigned stamp_bits; /* of a cell's number */
	uint32_t stamp_mask;
	uint16_t *llc_socket;             /* [nllc] */
	uint16_t *socket;                 /* [nodes] */
	struct sim_memory_cpu_place *cpu; /* [cpus] */
	struct sim_memory_span *span;     /* ascending */
	unsigned nspans;
	/* The span of the frame that was looked for last. */
	uint64_t near_begin, near_frames;
	unsigned near_node;
	struct sim_memory_load load;
	struct sim_memory_kind_lines kind[SIM_LINES];
	struct sim_memory_line spare; /* when memory is short */
	bool failed;
	uint64_t pollution;
	bool prefetch;
	/* [nodes * nodes] cycles of a page on an idle machine, by the node of the CPU and then
	 * that of the memory. */
	uint64_t *clear_cycles, *copy_cycles;
};

/* False when memory is short; to be given back all the same. */
bool sim_memory_place_init(struct sim_memory_place *p, const struct sim_machine *m,
			   const struct sim_memory_params *params);
void sim_memory_place_fini(struct sim_memory_place *p);

/* Looks for the span of a frame: its node. */
unsigned sim_memory_place_look(struct sim_memory_place *p, uint64_t frame);

/* The node that a frame's memory is on. */
static inline unsigned sim_memory_place_frame_node(struct sim_memory_place *p, uint64_t frame)
{
	return frame - p->near_begin < p->near_frames ? p->near_node
						      : sim_memory_place_look(p, frame);
}
/* The line of a key for the first time, or of one beyond those seen. */
struct sim_memory_line *sim_memory_place_grow(struct sim_memory_place *p, enum sim_line line,
					      uint64_t key);

/* A line by its key; `node` is the node of the CPU that touches it. */
static inline struct sim_memory_line *sim_memory_place_line(struct sim_memory_place *p,
							    enum sim_line line, uint64_t key)
{
	struct sim_memory_kind_lines *k = &p->kind[line];

	return key < k->n ? &k->line[key] : sim_memory_place_grow(p, line, key);
}

/* The home of a line of any kind; `cpu` touches it. */
static inline unsigned sim_memory_place_home(struct sim_memory_place *p, enum sim_line line,
					     uint64_t key, unsigned cpu)
{
	struct sim_memory_line *l;

	if (line == SIM_LINE_PAGE)
		return sim_memory_place_frame_node(p, key);
	l = sim_memory_place_line(p, line, key);
	if (!l->known) {
		l->node = p->cpu[cpu].node;
		l->known = true;
	}
	return l->node;
}

/* Cycles of a line that comes from memory of node `home`, at `date`; counts as traffic. */
static inline uint32_t sim_memory_place_dram(struct sim_memory_place *p, unsigned cpu,
					     unsigned home, uint64_t date, bool write)
{
	/* A changed line goes back one day. */
	uint64_t bytes = SIM_MEMORY_LINE_BYTES << write;
	uint32_t idle = p->dram[p->cpu[cpu].node * p->nodes + home];

	return (uint32_t)((uint64_t)idle * sim_memory_load_add(&p->load, home, date, bytes) /
			  1000);
}

/* Cycles of a line that comes out of a cache of CPU `owner`, who changed it last; `home`
 * matters between sockets alone. */
uint32_t sim_memory_place_transfer(const struct sim_memory_place *p, unsigned cpu,
				   unsigned owner, unsigned home);

/* Cycles of sim_pages(): the models add what it does to their caches. */
uint64_t sim_memory_place_pages(struct sim_memory_place *p, struct sim_cpu *cpu, uint64_t from,
				uint64_t to, uint64_t frames);

/* Cycles until all copies of a shared line but that of `cpu` are gone. */
uint32_t sim_memory_place_invalidate(const struct sim_memory_place *p, unsigned cpu,
				     unsigned owner, uint32_t cell);

/* A cell whose number is 0, and who owns a cell's line. */
static inline uint32_t sim_memory_place_cell(const struct sim_memory_place *p, uint32_t state,
					     unsigned owner)
{
	return state | owner << p->stamp_bits;
}

static inline unsigned sim_memory_place_owner(const struct sim_memory_place *p, uint32_t cell)
{
	return (cell & ~SIM_MEMORY_STATE) >> p->stamp_bits;
}

/* What a touch of the line takes above its place: locks are written by atomic operations. No
 * branch: which lines come behind one another is no pattern that the host could learn. */
static inline uint32_t sim_memory_place_locked(const struct sim_memory_place *p,
					       enum sim_line line, bool write)
{
	return p->kind[line].locked & -(uint32_t)write;
}

/* The models behind sim_memory_new(), which see to SIM_MEMORY_FLAT themselves. */
struct sim_memory *sim_memory_reuse_new(const struct sim_machine *machine,
					const struct sim_memory_params *params);
struct sim_memory *sim_memory_cache_new(const struct sim_machine *machine,
					const struct sim_memory_params *params);

#endif
