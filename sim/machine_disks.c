/* The disks of a machine: what drive each is, and how much of it is used. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/device_yaml.h"
#include "sim/machine_yaml.h"

#define PAGE_BYTES SIM_FRAME_BYTES

/* The path as it is, or relative to the file that names it; one of --set as it is. */
static char *path_of(struct conf_node n)
{
	const char *path = conf_text(n), *file = conf_path(n.file), *slash;
	size_t size;
	char *joined;

	slash = strrchr(file, '/');
	if (*path == '/' || conf_set_label(n) || !slash)
		return strdup(path);
	size = (size_t)(slash - file) + 1 + strlen(path) + 1;
	joined = malloc(size);
	if (joined)
		snprintf(joined, size, "%.*s%s", (int)(slash - file + 1), file, path);
	return joined;
}

/* A file that is not there is the fault of who names it; what is wrong in it is its own. */
static bool load_device(struct conf_node n, struct sim_machine_disk *disk,
			struct conf_error *err)
{
	char *path = path_of(n);
	bool ok;

	if (!path)
		return conf_no_memory(n, err);
	if (access(path, R_OK) != 0)
		ok = conf_fail(n, err, "%s: %s", path, strerror(errno));
	else
		ok = sim_device_yaml_load(path, &disk->figures, disk->name, err);
	free(path);
	return ok;
}

static bool read_device(struct conf_node map, const struct sim_machine *m,
			struct sim_machine_disk *disk, struct conf_error *err)
{
	struct conf_node n = conf_get(map, "device");
	const char *text = conf_text(n);

	bool ok;

	if (!n.yaml)
		return conf_fail(map, err, "'device' is missing");
	if (conf_is_map(n))
		ok = sim_device_yaml_read(n, &disk->figures, disk->name, err);
	else if (!text || !*text)
		ok = conf_fail(n, err, "'device' should be a device file or a map");
	else
		ok = load_device(n, disk, err);
	if (ok && disk->figures.channels == SIM_DEVICE_PER_CPU)
		disk->figures.channels = m->cpus;
	return ok;
}

/* How much of the drive, `from` on, is used; all of it when the file does not say. */
static bool read_size(struct conf_node map, uint64_t from, struct sim_machine_disk *disk,
		      struct conf_error *err)
{
	uint64_t room = disk->figures.size_bytes / PAGE_BYTES * PAGE_BYTES - from;
	struct conf_node n = conf_get(map, "size");
	char all[32];

	disk->start_bytes = from;
	disk->size_bytes = room;
	if (!n.yaml)
		return room || conf_fail(map, err, "swap takes the whole drive");
	if (!conf_size(map, "size", 1, 0, UINT64_MAX, &disk->size_bytes, err))
		return false;
	if (disk->size_bytes % PAGE_BYTES)
		return conf_fail(n, err, "'size' is not a multiple of 4KiB, a page");
	conf_print_size(room, all, sizeof(all));
	return disk->size_bytes <= room ||
	       conf_fail(n, err, "'size' is more than the drive has room for, %s", all);
}

/* "none", or of size 0: no need to say what drive it would be. */
static bool says_none(struct conf_node n)
{
	const char *text = conf_text(n), *why;
	uint64_t size;

	if (text)
		return strcmp(text, "none") == 0;
	text = conf_text(conf_get(n, "size"));
	return text && conf_parse_size(text, 1, &size, &why) && size == 0;
}

static bool read_swap(struct conf_node n, struct sim_machine *m, struct conf_error *err)
{
	static const char *const keys[] = { "device", "size", NULL };
	bool none = says_none(n);

	m->swap = (struct sim_machine_disk){ 0 };
	if (none && conf_text(n))
		return true;
	if (!conf_only_keys(n, keys, err))
		return false;
	if ((!none || conf_get(n, "device").yaml) &&
	    (!read_device(n, m, &m->swap, err) || !read_size(n, 0, &m->swap, err)))
		return false;
	m->swap.present = !none;
	return true;
}

/* With swap of size 0 its drive is there all the same, for data alone. */
static bool take_swaps_drive(struct conf_node n, struct sim_machine *m, struct conf_error *err)
{
	struct conf_node same = conf_get(n, "same_as");
	const char *text = conf_text(same);

	if (!text || strcmp(text, "swap") != 0)
		return conf_fail(same, err, "'same_as' should be swap");
	if (conf_get(n, "device").yaml)
		return conf_fail(conf_get(n, "device"), err,
				 "a disk has 'device' or 'same_as', not both");
	if (!m->swap.figures.size_bytes)
		return conf_fail(same, err, "there is no swap whose drive data could be on");
	m->data = m->swap;
	m->one_drive = m->swap.present;
	return true;
}

static bool read_data(struct conf_node n, struct sim_machine *m, struct conf_error *err)
{
	static const char *const keys[] = { "device", "same_as", "size", NULL };
	bool none = says_none(n);

	m->data = (struct sim_machine_disk){ 0 };
	m->one_drive = false;
	if (none && conf_text(n))
		return true;
	if (!conf_only_keys(n, keys, err))
		return false;
	if (conf_get(n, "same_as").yaml) {
		if (!take_swaps_drive(n, m, err))
			return false;
	} else if ((!none || conf_get(n, "device").yaml) && !read_device(n, m, &m->data, err)) {
		return false;
	}
	if (!none && !read_size(n, m->one_drive ? m->swap.size_bytes : 0, &m->data, err))
		return false;
	m->data.present = !none;
	m->one_drive = m->one_drive && !none;
	return true;
}

bool sim_machine_disks_read(struct conf_node map, struct sim_machine *m, struct conf_error *err)
{
	static const char *const keys[] = { "swap", "data", NULL };
	struct conf_node disks = conf_get(map, "disks");

	if (!disks.yaml)
		return true;
	if (!conf_only_keys(disks, keys, err))
		return false;
	if (conf_get(disks, "swap").yaml && !read_swap(conf_get(disks, "swap"), m, err))
		return false;
	return !conf_get(disks, "data").yaml || read_data(conf_get(disks, "data"), m, err);
}

/* ---- as devices ------------------------------------------------------------------------ */

/* NULL when there is no such disk, and when memory is short, which *ok then tells. */
static struct sim_disk *open_part(const struct sim_machine_disk *disk, const char *name,
				  uint64_t clock_mhz, struct sim_disk **drive, bool *ok)
{
	struct sim_disk *part;

	if (!disk->present)
		return NULL;
	if (!*drive)
		*drive = sim_device_new(disk->name, &disk->figures, clock_mhz);
	part = *drive ? sim_device_part(*drive, name, disk->start_bytes, disk->size_bytes)
		      : NULL;
	*ok = *ok && part;
	return part;
}

bool sim_machine_disks_open(const struct sim_machine *m, struct sim_machine_drives *out)
{
	bool ok = true;

	*out = (struct sim_machine_drives){ 0 };
	out->swap = open_part(&m->swap, "swap", m->clock_mhz, &out->drive[0], &ok);
	out->data = open_part(&m->data, "data", m->clock_mhz, &out->drive[!m->one_drive], &ok);
	return ok;
}

void sim_machine_disks_close(struct sim_machine_drives *drives)
{
	sim_device_free(drives->swap);
	sim_device_free(drives->data);
	sim_device_free(drives->drive[0]);
	sim_device_free(drives->drive[1]);
	*drives = (struct sim_machine_drives){ 0 };
}
