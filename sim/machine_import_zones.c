/*
 * Memory of a running machine. /proc/zoneinfo tells each zone's span, and how many of its
 * frames are present (no hole) and managed (neither taken at boot); /proc/iomem tells where
 * memory is, to root alone. What is known by number and not by place is put where kernels
 * usually have it: holes below 1 MiB and below 4 GiB, boot memory at the end of a zone.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine_import_sys.h"

#define ONE_MIB_FRAME 256
#define LARGEST_BLOCK 1024

typedef struct sim_machine_import_draft draft;

struct zone {
	struct sim_zone z; /* end = start + spanned */
	uint64_t spanned, present, managed;
};

struct zones {
	struct zone zone[SIM_MACHINE_IMPORT_ZONES];
	unsigned n;
};

static struct sim_span_list zone_memory(const draft *d, const struct zone *z, bool *ok)
{
	struct sim_span_list list = { 0 };

	*ok = sim_span_outside(&d->holes, z->z.start, z->z.end, &list) && *ok;
	return list;
}

static uint64_t frames_of(const struct sim_span_list *list)
{
	return sim_span_frames(list->at, list->n, 0, SIM_MAX_FRAMES);
}

/* ---- /proc/zoneinfo -------------------------------------------------------------------- */

/* "Node 0, zone   Normal" */
static bool zone_line(const char *line, uint64_t *node, char *name, size_t size)
{
	if (strncmp(line, "Node ", 5) != 0)
		return false;
	line += 5;
	if (!sim_machine_import_file_number(&line, node) || strncmp(line, ", zone", 6) != 0)
		return false;
	line += 6;
	line += strspn(line, " ");
	snprintf(name, size, "%.*s", (int)strcspn(line, " \n"), line);
	return true;
}

static bool figure(const char *line, const char *key, uint64_t *out)
{
	line += strspn(line, " ");
	if (strncmp(line, key, strlen(key)) != 0)
		return false;
	line += strlen(key);
	line += strspn(line, " ");
	return sim_machine_import_file_number(&line, out);
}

/* Zones without memory are told, too; those of devices belong to no page allocator. */
static void keep(struct zones *all, struct zone *z)
{
	z->z.end = z->z.start + z->spanned;
	if (z->present && z->spanned && strcmp(z->z.name, "Device") != 0)
		all->zone[all->n++] = *z;
	*z = (struct zone){ 0 };
}

static bool read_zoneinfo(draft *d, const char *text, struct zones *all)
{
	struct zone z = { 0 };
	uint64_t node;
	char name[16];
	unsigned number = 0;

	for (const char *line = text; *line;
	     line += strcspn(line, "\n"), line += *line == '\n') {
		number++;
		if (zone_line(line, &node, name, sizeof(name))) {
			keep(all, &z);
			if (node >= SIM_MAX_NODES || !d->node[node].there)
				return sim_machine_import_draft_fail(
					d, 0,
					"/proc/zoneinfo:%u: node %" PRIu64 " is not there",
					number, node);
			if (all->n == SIM_MACHINE_IMPORT_ZONES)
				return sim_machine_import_draft_fail(
					d, 0, "/proc/zoneinfo:%u: too many zones", number);
			z.z.nid = (uint16_t)node;
			snprintf(z.z.name, sizeof(z.z.name), "%.11s", name);
		} else if (!figure(line, "spanned ", &z.spanned) &&
			   !figure(line, "present ", &z.present) &&
			   !figure(line, "managed ", &z.managed)) {
			figure(line, "start_pfn:", &z.z.start);
		}
	}
	if (all->n < SIM_MACHINE_IMPORT_ZONES)
		keep(all, &z);
	return true;
}

static bool check_zone(draft *d, const struct zone *z)
{
	if (z->managed <= z->present && z->present <= z->spanned &&
	    z->z.start < SIM_MAX_FRAMES && z->spanned <= SIM_MAX_FRAMES - z->z.start)
		return true;
	return sim_machine_import_draft_fail(
		d, 0,
		"/proc/zoneinfo: zone %s of node %u starts at %" PRIu64 " with %" PRIu64
		" spanned, %" PRIu64 " present and %" PRIu64 " managed frames",
		z->z.name, z->z.nid, z->z.start, z->spanned, z->present, z->managed);
}

/* ---- holes ----------------------------------------------------------------------------- */

/* "00100000-bfffffff : System RAM", not indented; frames that are whole. */
static bool ram_line(const char *line, struct sim_span *out)
{
	char *end;
	uint64_t first = strtoull(line, &end, 16), last;

	if (*line == ' ' || end == line || *end != '-')
		return false;
	line = end + 1;
	last = strtoull(line, &end, 16);
	if (end == line || strncmp(end, " : System RAM", 13) != 0 || last < first ||
	    last == UINT64_MAX)
		return false;
	out->start = (first + SIM_FRAME_BYTES - 1) / SIM_FRAME_BYTES;
	out->end = (last + 1) / SIM_FRAME_BYTES;
	return true;
}

/* Empty when there is no such file, or it hides its addresses. */
static bool read_iomem(draft *d, const char *root, struct sim_span_list *ram)
{
	char *text = sim_machine_import_sys_file(root, NULL, "/proc/iomem");
	bool ok = true;

	for (const char *line = text; text && ok && *line;
	     line += strcspn(line, "\n"), line += *line == '\n') {
		struct sim_span s;

		if (ram_line(line, &s) && s.end > 1)
			ok = sim_span_add(ram, s.start, s.end);
	}
	free(text);
	sim_span_tidy(ram);
	return ok || sim_machine_import_draft_memory(d);
}

/* Where `missing` frames of the zone most likely are not. */
static struct sim_span usual_hole(const struct zone *z, uint64_t missing)
{
	uint64_t end = z->z.end;

	if (z->z.start < ONE_MIB_FRAME && missing < ONE_MIB_FRAME - z->z.start)
		end = ONE_MIB_FRAME;
	else if (end % (UINT64_C(1) << 20) && missing + LARGEST_BLOCK < z->spanned)
		end -= LARGEST_BLOCK; /* the last frame of a zone is there */
	return (struct sim_span){ end - missing, end };
}

static bool put_holes(draft *d, const struct zones *all, const struct sim_span_list *ram)
{
	bool ok = true, guessed = false;

	for (unsigned i = 0; i < all->n && ok; i++) {
		const struct zone *z = &all->zone[i];

		if (ram->n) {
			ok = sim_span_outside(ram, z->z.start, z->z.end, &d->holes);
		} else if (z->present < z->spanned) {
			struct sim_span hole = usual_hole(z, z->spanned - z->present);

			ok = sim_span_add(&d->holes, hole.start, hole.end);
			guessed = true;
		}
	}
	sim_span_tidy(&d->holes);
	if (guessed)
		sim_machine_import_draft_remark(
			d,
			"Where holes are only root may read (/proc/iomem): they are as large "
			"as /proc/zoneinfo says, and where PCs usually have them.");
	return ok || sim_machine_import_draft_memory(d);
}

/* ---- what the kernel took at boot ------------------------------------------------------ */

/* The last frames of the zone's memory: boot memory is given out from above. */
static bool reserve(draft *d, const struct sim_span_list *memory, uint64_t frames)
{
	for (unsigned i = memory->n; i-- > 0 && frames;) {
		uint64_t room = memory->at[i].end - memory->at[i].start;
		uint64_t part = frames < room ? frames : room;

		if (!sim_span_add(&d->reserved, memory->at[i].end - part, memory->at[i].end))
			return false;
		frames -= part;
	}
	return true;
}

static bool put_reserved(draft *d, const struct zones *all)
{
	bool ok = true, differ = false;

	for (unsigned i = 0; i < all->n && ok; i++) {
		const struct zone *z = &all->zone[i];
		struct sim_span_list memory = zone_memory(d, z, &ok);
		uint64_t present = frames_of(&memory);

		differ |= present != z->present;
		if (ok && present > z->managed)
			ok = reserve(d, &memory, present - z->managed);
		sim_span_drop(&memory);
	}
	sim_span_tidy(&d->reserved);
	if (differ)
		sim_machine_import_draft_remark(
			d, "/proc/iomem and /proc/zoneinfo do not agree on the holes.");
	return ok || sim_machine_import_draft_memory(d);
}

static int by_node(const void *a, const void *b)
{
	const struct zone *x = a, *y = b;

	if (x->z.nid != y->z.nid)
		return x->z.nid < y->z.nid ? -1 : 1;
	return (x->z.start > y->z.start) - (x->z.start < y->z.start);
}

static bool put_zones(draft *d, const char *root, struct zones *all)
{
	struct sim_span_list ram = { 0 };
	bool ok = true;

	qsort(all->zone, all->n, sizeof(*all->zone), by_node);
	for (unsigned i = 0; i < all->n && ok; i++) {
		ok = check_zone(d, &all->zone[i]);
		d->zone[i] = all->zone[i].z;
	}
	d->nzones = all->n;
	snprintf(d->memory_how, sizeof(d->memory_how), "/proc/zoneinfo");
	snprintf(d->reserved_how, sizeof(d->reserved_how),
		 "D: as many as are not managed, at the end");
	ok = ok && read_iomem(d, root, &ram);
	if (ok && ram.n)
		snprintf(d->memory_how, sizeof(d->memory_how), "/proc/zoneinfo, /proc/iomem");
	ok = ok && put_holes(d, all, &ram) && put_reserved(d, all);
	sim_span_drop(&ram);
	return ok;
}

/* ---- without zoneinfo ------------------------------------------------------------------ */

static bool put_block(draft *d, const char *root, unsigned node, uint64_t block,
		      uint64_t frames)
{
	char *state = sim_machine_import_sys_file(
		root, NULL, "/sys/devices/system/node/node%u/memory%" PRIu64 "/state", node,
		block);
	bool online = state && strncmp(state, "online", 6) == 0;

	free(state);
	if (!online)
		return true;
	if (block >= SIM_MAX_FRAMES / frames)
		return sim_machine_import_draft_fail(
			d, 0, "memory%" PRIu64 " of node %u is above 64TiB", block, node);
	return sim_span_add(&d->node[node].memory, block * frames, (block + 1) * frames) ||
	       sim_machine_import_draft_memory(d);
}

/* Blocks of memory are numbered by address, and have a link in their node's folder. */
static bool put_folder(draft *d, const char *root, unsigned node, uint64_t frames, DIR *folder)
{
	const struct dirent *entry;
	uint64_t block;
	bool ok = true;

	for (errno = 0; ok && (entry = readdir(folder)); errno = 0)
		if (strncmp(entry->d_name, "memory", 6) == 0 &&
		    sim_machine_import_sys_number(entry->d_name + 6, &block))
			ok = put_block(d, root, node, block, frames);
	if (ok && errno) {
		d->err->system = true;
		ok = sim_machine_import_draft_fail(d, 0, "/sys/devices/system/node/node%u: %s",
						   node, strerror(errno));
	}
	sim_span_tidy(&d->node[node].memory);
	return ok;
}

/* A node whose folder cannot be opened has no blocks. */
static bool put_blocks(draft *d, const char *root, unsigned node, uint64_t frames)
{
	char *path;
	DIR *folder;
	bool ok;

	if (asprintf(&path, "%s/sys/devices/system/node/node%u", root, node) < 0)
		return sim_machine_import_draft_memory(d);
	folder = opendir(path);
	free(path);
	if (!folder)
		return true;
	ok = put_folder(d, root, node, frames, folder);
	closedir(folder);
	return ok;
}

static bool put_all_blocks(draft *d, const char *root)
{
	char *text = sim_machine_import_sys_file(root, NULL, "%s",
						 "/sys/devices/system/memory/block_size_bytes");
	uint64_t bytes = text ? strtoull(text, NULL, 16) : 0;
	bool ok = true;

	free(text);
	if (bytes < SIM_FRAME_BYTES || bytes % SIM_FRAME_BYTES || bytes > UINT64_C(1) << 40)
		return true;
	for (unsigned i = 0; i < SIM_MAX_NODES && ok; i++)
		if (d->node[i].there)
			ok = put_blocks(d, root, i, bytes / SIM_FRAME_BYTES);
	snprintf(d->memory_how, sizeof(d->memory_how), "/sys/devices/system/memory");
	return ok;
}

/* "Node 0 MemTotal:  65756036 kB" */
static void put_totals(draft *d, const char *root)
{
	for (unsigned i = 0; i < SIM_MAX_NODES; i++) {
		char *text;
		const char *at;
		uint64_t kib;

		if (!d->node[i].there || d->node[i].memory.n)
			continue;
		text = sim_machine_import_sys_file(
			root, NULL, "/sys/devices/system/node/node%u/meminfo", i);
		at = text ? strstr(text, "MemTotal:") : NULL;
		if (at && figure(at, "MemTotal:", &kib) && kib < SIM_MAX_FRAMES * 4)
			d->node[i].bytes = kib * 1024;
		free(text);
	}
	if (!*d->memory_how)
		snprintf(d->memory_how, sizeof(d->memory_how), "MemTotal of /sys");
}

bool sim_machine_import_zones(draft *d, const char *root)
{
	char *text = sim_machine_import_sys_file(root, NULL, "/proc/zoneinfo");
	struct zones *all = calloc(1, sizeof(*all));
	bool ok = all != NULL || sim_machine_import_draft_memory(d);

	if (ok && text)
		ok = read_zoneinfo(d, text, all);
	if (ok && all->n) {
		ok = put_zones(d, root, all);
	} else if (ok) {
		ok = put_all_blocks(d, root);
		put_totals(d, root);
	}
	free(all);
	free(text);
	return ok;
}
